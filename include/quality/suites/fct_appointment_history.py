"""marts.fct_appointment_history: one row per appointment and period of a version of it."""

from great_expectations import ExpectationSuite

from include.quality.rules import no_rows, stop, suite
from include.quality.suites.periods import periods

KEY = ("account", "service_job_id", "appointment_id")

CURRENT_MISSING = """
    select account, service_job_id, appointment_id from marts.fct_appointments
    where (account, service_job_id, appointment_id) not in (
        select (account, service_job_id, appointment_id) from {batch} where is_current
    )
"""


def get_suite() -> ExpectationSuite:
    return suite(
        "marts.fct_appointment_history",
        key=(*KEY, "valid_from"),
        rules=[
            *periods("appointment_history", KEY),
            stop("appointment_history_current_missing", "Every appointment has a current version.", no_rows(CURRENT_MISSING)),
        ],
    )
