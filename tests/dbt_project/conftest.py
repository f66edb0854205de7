"""Shared by the tests of the dbt project: dbt takes seconds to start, so one build serves all that only read."""

import pytest

from tests.dbt_project import edges
from tests.dbt_project.raw_rows import Warehouse


@pytest.fixture(scope="session")
def make_warehouse(tmp_path_factory):
    """A function that makes an empty warehouse in a directory of its own."""
    return lambda name: Warehouse(tmp_path_factory.mktemp(name))


@pytest.fixture(scope="session")
def warehouse_with_marts(make_warehouse):
    """The warehouse of `edges`, built and tested by dbt."""
    warehouse = make_warehouse("marts")
    edges.fill(warehouse)
    warehouse.build()
    return warehouse
