"""The unit tests of the dbt project, at the edges of each definition. Production builds leave them out."""


def test_unit_tests_pass(warehouse_with_marts):
    results = warehouse_with_marts.dbt("test", "--select", "test_type:unit")
    assert {result.node.name for result in results} >= {
        "punctuality_at_its_edges", "what_is_scored_and_what_breaks", "which_write_counts", "what_is_a_change_of_a_slot",
        "slots_of_single_jobs", "which_slots_of_jobs_changed", "when_a_range_is_the_same_one",
    }  # fmt: skip
