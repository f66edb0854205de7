"""The "Services" page in Airflow's UI: a small web application behind Airflow's own login, which reads the published file.

Every process of Airflow loads its plugins, and the API server alone answers requests: so the application is made at its
first request.
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
