"""raw.resource_capacity_ranges: one row per change of one kind of capacity of a range of a resource."""

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from include.quality.rules import grain, suite, warn

KEY = ("account", "marketplace_id", "resource_id", "capacity_type", "range_end_at", "observed_at")


def get_suite() -> ExpectationSuite:
    return suite(
        "raw.resource_capacity_ranges",
        key=KEY,
        rules=[
            *grain("raw_range", KEY),
            warn("raw_range_invalid", "A range ends after it starts.",
                 gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="range_end_at", column_B="range_start_at")),
            warn("raw_range_capacity_negative", "No kind of capacity is negative.",
                 gxe.ExpectColumnValuesToBeBetween(column="capacity", min_value=0)),
        ],
    )  # fmt: skip
