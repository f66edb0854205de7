"""marts.fct_slot_availability: one row per slot of a store and ASIN and change of its capacity."""

from great_expectations import ExpectationSuite

from include.quality.rules import grain, no_rows, stop, suite
from include.quality.suites.slots import slots

SLOT = ("account", "marketplace_id", "store_id", "asin", "slot_start_at", "slot_end_at")
KEY = (*SLOT, "observed_at")

NOT_ONE_CURRENT = f"""
    select {", ".join(SLOT)} from {{batch}}
    group by all
    having count(*) filter (where is_current) <> 1 or arg_max(is_current, observed_at) is not true
"""
LOST = f"""
    select distinct {", ".join(SLOT)} from raw.appointment_slots
    where ({", ".join(SLOT)}) not in (select ({", ".join(SLOT)}) from {{batch}})
"""


def get_suite() -> ExpectationSuite:
    return suite(
        "marts.fct_slot_availability",
        key=KEY,
        rules=[
            *grain("slot", KEY),
            *slots("slot"),
            stop("slot_current_not_newest", "Only the newest change of a slot is current.", no_rows(NOT_ONE_CURRENT)),
            stop("slot_lost", "Every slot that was read has a row.", no_rows(LOST)),
        ],
    )
