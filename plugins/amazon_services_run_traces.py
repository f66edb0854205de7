"""The Airflow plugin that registers the listeners of `amazon_services.run_traces`."""

from airflow.plugins_manager import AirflowPlugin

from amazon_services import run_traces


class RunTraces(AirflowPlugin):
    """Registers the listeners."""

    name = "amazon_services_run_traces"
    listeners = [run_traces]
