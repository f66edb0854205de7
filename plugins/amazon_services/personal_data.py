"""The key of personal data, where it is kept: from the environment, or else from an Airflow connection."""

import os

CONNECTION = "services_personal_data"


def provide_key() -> None:
    """Set `SERVICES_PERSONAL_DATA_KEY` in this process from the password of the connection, where it is needed and missing."""
    from airflow.sdk import BaseHook

    from include.warehouse import restricted

    if restricted.is_kept() and not os.environ.get("SERVICES_PERSONAL_DATA_KEY"):
        os.environ["SERVICES_PERSONAL_DATA_KEY"] = BaseHook.get_connection(CONNECTION).password or ""
