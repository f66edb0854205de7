"""raw.job_appointment_slots: one row per change of the capacity of a slot for one job."""

from great_expectations import ExpectationSuite

from include.quality.rules import grain, suite
from include.quality.suites.slots import slots

KEY = ("account", "marketplace_id", "service_job_id", "slot_start_at", "slot_end_at", "observed_at")


def get_suite() -> ExpectationSuite:
    return suite(
        "raw.job_appointment_slots",
        key=KEY,
        rules=[
            *grain("raw_job_slot", KEY),
            *slots("raw_job_slot"),
        ],
    )
