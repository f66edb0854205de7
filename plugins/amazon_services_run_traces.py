"""Tells Airflow of the listener that keeps the id of a buyer who is to be forgotten out of what Airflow keeps of a run."""

from airflow.plugins_manager import AirflowPlugin

from amazon_services import run_traces


class RunTraces(AirflowPlugin):
    name = "amazon_services_run_traces"
    listeners = [run_traces]
