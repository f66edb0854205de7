"""Whoever opens the published file finds every column explained."""

import pytest

from include.warehouse.schema import OPS_TABLES
from tests.dbt_project.raw_rows import parsed_project


def described(node) -> set[str]:
    return {name for name, column in node.columns.items() if column.description}


@pytest.mark.parametrize("table", OPS_TABLES)
def test_ops_is_described(table):
    (source,) = (each for each in parsed_project().sources.values() if (each.source_name, each.name) == ("ops", table))
    assert source.description and described(source) == set(OPS_TABLES[table])


def test_marts_are_described(warehouse_with_marts):
    models = {each.name: each for each in parsed_project().nodes.values() if each.resource_type == "model"}
    for table, columns in warehouse_with_marts.execute("""
        select table_name, list(column_name) from information_schema.columns where table_schema = 'marts' group by table_name
    """):
        assert models[table].description and described(models[table]) == set(columns), table
