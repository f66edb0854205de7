"""The unit tests of the dbt project, at the edges of each definition. Production builds leave them out."""


def test_unit_tests_pass(warehouse_with_marts):
    results = warehouse_with_marts.dbt("test", "--select", "test_type:unit")
