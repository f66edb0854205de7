"""The key of personal data comes from a connection where the environment has none, and is asked for only where it is needed."""

import json
import os

from amazon_services.personal_data import provide_key


def test_the_key_comes_from_the_connection(monkeypatch):
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", "")
    monkeypatch.setenv("SERVICES_PERSONAL_DATA", "none")
    provide_key()
    assert os.environ["SERVICES_PERSONAL_DATA_KEY"] == ""
    monkeypatch.setenv("SERVICES_PERSONAL_DATA", "keep")
    connection = {"conn_type": "generic", "password": "from the connection, 32 characters"}
    monkeypatch.setenv("AIRFLOW_CONN_SERVICES_PERSONAL_DATA", json.dumps(connection))
    provide_key()
    assert os.environ["SERVICES_PERSONAL_DATA_KEY"] == "from the connection, 32 characters"
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", "from the environment")
    provide_key()
    assert os.environ["SERVICES_PERSONAL_DATA_KEY"] == "from the environment"
