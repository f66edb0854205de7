"""raw.resource_capacity_ranges: one row per change of one kind of capacity of a range of a resource."""

from great_expectations import ExpectationSuite

from include.quality.rules import grain, never, suite, warn

KEY = ("account", "marketplace_id", "resource_id", "capacity_type", "range_start_at", "range_end_at", "observed_at")


def get_suite() -> ExpectationSuite:
    return suite(
        "raw.resource_capacity_ranges",
        key=KEY,
        rules=[
            *grain("raw_range", KEY),
            warn("raw_range_invalid", "A range ends after it starts.", never(KEY, "range_end_at <= range_start_at")),
            warn("raw_range_capacity_negative", "No kind of capacity is negative.", never(KEY, "capacity < 0")),
        ],
    )
