"""Airflow's interface to the Services API: hook, operators, sensors, metrics, retry policy, and the common parts of the DAGs."""
