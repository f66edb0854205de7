"""One local API for the tests of writes; each test takes things of its world that no other one uses."""

import pytest

from include.services_api import RetryConfig, ServicesClient
from tests.local_api import local_api
from tests.writes.world import World


@pytest.fixture(scope="session")
def api():
    with local_api("--limits", "off", "--days", "14", "--jobs-per-day", "120", "--marketplaces", "US") as api:
        yield api


@pytest.fixture(scope="session")
def _world(api, tmp_path_factory):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SERVICES_RATE_BUDGET_URL", (tmp_path_factory.mktemp("budget") / "rate_budget").as_uri())
        retry_config = RetryConfig(attempts=2, first_wait_seconds=0.01, longest_wait_seconds=0.02)
        with ServicesClient(api.account(), retry_config=retry_config) as client:
            yield World(api, client)


@pytest.fixture
def world(_world, api, warehouse):
    """The world, an empty warehouse for the journal, and neither faults nor a log."""
    api.reset()
    yield _world
    api.reset()
