"""A connection to a scripted server, as an environment variable."""

import json

import pytest

from tests.services_api.loopback import SECRETS, Loopback, running


@pytest.fixture
def loopback():
    with running() as loopback:
        yield loopback


@pytest.fixture
def connect(loopback: Loopback, monkeypatch, tmp_path):
    """Set the connection `my_shop`; arguments replace parts of its extra, None leaves one out."""
    monkeypatch.setenv("SERVICES_RATE_BUDGET_URL", (tmp_path / "rate_budget").as_uri())

    def connect(login: str = "client-id", password: str = SECRETS[0], **changes: object) -> None:
        extra = {
            "refresh_token": SECRETS[1],
            "marketplace_ids": ["ATVPDKIKX0DER"],
            "endpoint": loopback.url,
            "token_url": f"{loopback.url}/auth/o2/token",
        } | changes
        extra = {name: value for name, value in extra.items() if value is not None}
        connection = {"conn_type": "amazon_services", "login": login, "password": password, "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_MY_SHOP", json.dumps(connection))

    connect()
    return connect
