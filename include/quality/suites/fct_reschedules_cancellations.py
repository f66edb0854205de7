"""marts.fct_reschedules_cancellations: one row per appointment that was moved or cancelled, and per job cancelled without one."""

from great_expectations import ExpectationSuite

from include.quality.rules import grain, never, no_rows, stop, suite

KEY = ("account", "service_job_id", "kind", "appointment_id")

LOST = """
    select account, service_job_id, appointment_id from marts.fct_appointments
    where outcome = 'rescheduled' and (account, service_job_id, appointment_id) not in (
        select (account, service_job_id, appointment_id) from {batch} where kind = 'reschedule' and appointment_id is not null
    )
"""


def get_suite() -> ExpectationSuite:
    return suite(
        "marts.fct_reschedules_cancellations",
        key=KEY,
        rules=[
            *grain("move", KEY, nullable=["appointment_id"]),
            stop("move_lost", "Every appointment that was rescheduled has a row.", no_rows(LOST)),
            stop("move_domain_invalid", "A kind and an evidence are those that the contract names.",
                 never(KEY, "kind not in ('reschedule', 'cancel') or evidence not in ('both', 'observed', 'written')")),
            stop("move_hours_wrong", "The cost of a move is the time from the old start to the new one.",
                 never(KEY, "abs(hours_later - date_diff('second', scheduled_start_at, new_scheduled_start_at) / 3600) > 1e-3")),
        ],
    )  # fmt: skip
