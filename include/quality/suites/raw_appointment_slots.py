"""raw.appointment_slots: one row per change of the capacity of a slot."""

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from include.quality.rules import grain, suite, warn

KEY = ("account", "marketplace_id", "store_id", "asin", "slot_start_at", "slot_end_at", "observed_at")


def get_suite() -> ExpectationSuite:
    return suite(
        "raw.appointment_slots",
        key=KEY,
        rules=[
            *grain("raw_slot", KEY),
            warn("raw_slot_range_invalid", "A slot ends after it starts.",
                 gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="slot_end_at", column_B="slot_start_at")),
            warn("raw_slot_capacity_negative", "The capacity of a slot is not negative.",
                 gxe.ExpectColumnValuesToBeBetween(column="capacity", min_value=0)),
        ],
    )  # fmt: skip
