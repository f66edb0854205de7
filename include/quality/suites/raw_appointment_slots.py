"""raw.appointment_slots: one row per change of the capacity of a slot."""

from great_expectations import ExpectationSuite

from include.quality.rules import grain, suite
from include.quality.suites.slots import slots

KEY = ("account", "marketplace_id", "store_id", "asin", "slot_start_at", "slot_end_at", "observed_at")


def get_suite() -> ExpectationSuite:
    return suite(
        "raw.appointment_slots",
        key=KEY,
        rules=[
            *grain("raw_slot", KEY),
            *slots("raw_slot"),
        ],
    )
