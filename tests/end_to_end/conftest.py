import pytest


@pytest.fixture(scope="session")
def page_world(tmp_path_factory):
    """The published file of a small world; the environment names its warehouse while the fixture is set up alone."""
    from tests.end_to_end.page_world import published_world

    with published_world(tmp_path_factory.mktemp("world") / "warehouse") as published:
        pass
    return published


@pytest.fixture(scope="session")
def page_server(page_world, tmp_path_factory):
    from tests.end_to_end.page_world import api_server

    with api_server(tmp_path_factory.mktemp("airflow"), page_world.parent.parent) as server:
        yield server
