"""The "Services" page in Airflow's UI: a web application behind Airflow's login that reads the published file.

All processes of Airflow load its plugins, but only the API server handles requests. Therefore the application is created on
the first request.
"""

from functools import cache

PREFIX = "services"


@cache
def _application():
    from amazon_services.dashboard.application import application

    return application()


async def page(scope, receive, send) -> None:
    """The ASGI application that Airflow mounts."""
    await _application()(scope, receive, send)
