from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def good_build(tmp_path_factory) -> Path:
    """A whole build, made by dbt once: nine weeks of jobs in two marketplaces, with slots and capacity."""
    from tests.quality.good_build import make

    return make(tmp_path_factory.mktemp("good"))
