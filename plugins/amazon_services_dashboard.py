"""The Airflow plugin that mounts the "Services" page and adds it to the navigation."""

from airflow.plugins_manager import AirflowPlugin

from amazon_services.dashboard import PREFIX, page


class ServicesPage(AirflowPlugin):
    """Registers the page."""

    name = "amazon_services_page"
    fastapi_apps = [{"app": page, "url_prefix": f"/{PREFIX}", "name": "Services page"}]
    external_views = [
        {
            "name": "Services",
            # relative, because Airflow may have a prefix itself
            "href": f"{PREFIX}/",
            "url_route": PREFIX,
            "destination": "nav",
            "nav_top_level": True,
            "icon": f"{PREFIX}/static/icon.svg",
            "icon_dark_mode": f"{PREFIX}/static/icon-dark.svg",
        }
    ]
