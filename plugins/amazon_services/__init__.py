"""Airflow's door to the Services API: hook, connection type, metrics, retry policy, and what the DAGs share."""
