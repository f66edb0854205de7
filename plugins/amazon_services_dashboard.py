"""Tells Airflow of the "Services" page: where its application is mounted, and its place in the navigation."""

from airflow.plugins_manager import AirflowPlugin

from amazon_services.dashboard import PREFIX, page


class ServicesPage(AirflowPlugin):
    name = "amazon_services_page"
    fastapi_apps = [{"app": page, "url_prefix": f"/{PREFIX}", "name": "Services page"}]
    external_views = [
        {
            "name": "Services",
            # relative: Airflow may itself live below a prefix
            "href": f"{PREFIX}/",
            "url_route": PREFIX,
            "destination": "nav",
            "nav_top_level": True,
            "icon": f"{PREFIX}/static/icon.svg",
            "icon_dark_mode": f"{PREFIX}/static/icon-dark.svg",
        }
    ]
