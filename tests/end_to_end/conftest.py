import sys
from pathlib import Path

# the helpers beside the tests are imported by name
sys.path.insert(0, str(Path(__file__).parent))

import pytest


@pytest.fixture(scope="session")
def page_world(tmp_path_factory):
    """The published file of a small world; the environment names its warehouse while the fixture is set up alone."""
    from page_world import published_world

    with published_world(tmp_path_factory.mktemp("world") / "warehouse") as published:
        pass
    return published


@pytest.fixture(scope="session")
def page_server(page_world, tmp_path_factory):
    from page_world import api_server

    with api_server(tmp_path_factory.mktemp("airflow"), page_world.parent.parent) as server:
        yield server
