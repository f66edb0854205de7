"""The unit tests of the dbt project, at the edges of each definition. Production builds leave them out."""


def test_unit_tests_pass(warehouse_with_marts):
    results = warehouse_with_marts.dbt("test", "--select", "test_type:unit")
    assert {result.node.name for result in results} >= {
        "punctuality_at_its_edges", "what_is_scored_and_what_breaks", "which_write_counts",
    }  # fmt: skip
