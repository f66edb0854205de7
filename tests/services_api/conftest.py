"""A client that hardly waits, and the loopback server that it talks to."""

import pytest

from include.services_api import Account, RetryConfig, ServicesClient, transport
from include.services_api.budget import RateBudget, open_budget
from tests.services_api.loopback import SECRETS, running

MARKETPLACE = "ATVPDKIKX0DER"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    """After a 429, everybody waits; not here."""
    monkeypatch.setattr(transport, "DRAIN_SECONDS", 0.05)


@pytest.fixture
def loopback():
    with running() as loopback:
        yield loopback


@pytest.fixture
def account(loopback) -> Account:
    return Account(
        "my_shop", "client-id", *SECRETS[:2], marketplace_ids=(MARKETPLACE,),
        endpoint=loopback.url, token_url=f"{loopback.url}/auth/o2/token",
    )  # fmt: skip


@pytest.fixture
def budget(tmp_path) -> RateBudget:
    return open_budget((tmp_path / "rate_budget").as_uri())


@pytest.fixture
def client(account, budget):
    retry_config = RetryConfig(attempts=3, first_wait_seconds=0.001, longest_wait_seconds=0.01)
    with ServicesClient(account, budget=budget, retry_config=retry_config) as client:
        yield client
