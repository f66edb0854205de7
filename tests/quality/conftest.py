import sys
from pathlib import Path

import pytest

# the helpers beside the tests are imported by name
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def good_build(tmp_path_factory) -> Path:
    """A whole build, made by dbt once: nine weeks of jobs in two marketplaces, with slots and capacity."""
    from good_build import make

    return make(tmp_path_factory.mktemp("good"))
