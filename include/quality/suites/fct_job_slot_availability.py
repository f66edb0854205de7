"""marts.fct_job_slot_availability: one row per slot of a job and change of its capacity or scheduling type."""

from great_expectations import ExpectationSuite

from include.quality.rules import grain, no_rows, stop, suite
from include.quality.suites.slots import changes, scheduling, slots

SLOT = ("account", "marketplace_id", "service_job_id", "slot_start_at", "slot_end_at")
KEY = (*SLOT, "observed_at")

STORE_DIFFERS = f"""
    select {", ".join(f"slots.{name}" for name in KEY)}
    from {{batch}} as slots join marts.fct_service_jobs as jobs using (account, service_job_id)
    where slots.store_id is distinct from jobs.store_id
"""


def get_suite() -> ExpectationSuite:
    return suite(
        "marts.fct_job_slot_availability",
        key=KEY,
        rules=[
            *grain("job_slot", KEY),
            *slots("job_slot"),
            scheduling("job_slot"),
            *changes("job_slot", "slot", SLOT, "raw.job_appointment_slots"),
            stop("job_slot_store_differs", "The slots of a job have the store of the job.", no_rows(STORE_DIFFERS)),
        ],
    )
