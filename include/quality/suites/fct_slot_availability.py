"""marts.fct_slot_availability: one row per slot of a store and ASIN and change of its capacity or scheduling type."""

from great_expectations import ExpectationSuite

from include.quality.rules import grain, suite
from include.quality.suites.slots import changes, scheduling, slots

SLOT = ("account", "marketplace_id", "store_id", "asin", "slot_start_at", "slot_end_at")
KEY = (*SLOT, "observed_at")


def get_suite() -> ExpectationSuite:
    return suite(
        "marts.fct_slot_availability",
        key=KEY,
        rules=[
            *grain("slot", KEY),
            *slots("slot"),
            scheduling("slot"),
            *changes("slot", "slot", SLOT, "raw.appointment_slots"),
        ],
    )
