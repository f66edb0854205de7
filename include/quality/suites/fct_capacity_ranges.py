"""marts.fct_capacity_ranges: one row per range of equal capacity of a store and change of its capacity or start."""

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from include.quality import thresholds
from include.quality.rules import grain, suite, warn
from include.quality.suites.slots import changes

# the start of a range can be unknown, so that its end identifies it
RANGE = ("account", "marketplace_id", "store_id", "capacity_type", "range_end_at")
KEY = (*RANGE, "observed_at")


def get_suite() -> ExpectationSuite:
    return suite(
        "marts.fct_capacity_ranges",
        key=KEY,
        rules=[
            *grain("capacity_range", KEY),
            *changes("capacity_range", "range", RANGE, "staging.stg_resource_capacity_ranges"),
            warn("capacity_range_type_unknown", "The type of a capacity is one of those in Amazon's model.",
                 gxe.ExpectColumnValuesToBeInSet(column="capacity_type", value_set=thresholds.CAPACITY_TYPES)),
            warn("capacity_range_invalid", "A range ends after it starts.",
                 gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="range_end_at", column_B="range_start_at")),
            warn("capacity_range_negative", "No kind of capacity is negative.",
                 gxe.ExpectColumnValuesToBeBetween(column="capacity", min_value=0)),
        ],
    )  # fmt: skip
