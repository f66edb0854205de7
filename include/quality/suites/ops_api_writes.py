"""ops.api_writes: one row per attempt at a write."""

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from include.quality import thresholds
from include.quality.personal_data import EMAIL
from include.quality.rules import grain, never, no_rows, stop, suite, warn
from include.warehouse.journal.api_writes import OPEN

KEY = ("write_id",)

# the operations that require a reason code, and its kind in dim_reason_code
REASONS = " ".join(f"when '{name}' then '{kind}'" for name, kind in thresholds.REASONED_WRITES.items())
REASONED = f"case operation {REASONS} end"
# as for windows, the current time is the end of the newest extraction
UNDECIDED = f"""
    select write_id
    from {{batch}} cross join (select max(finished_at) as now from ops.extract_windows)
    where outcome in {OPEN} and sent_at between now - interval {thresholds.TELL_UNDECIDED_DAYS} days
        and now - interval {thresholds.MAX_HOURS_UNDECIDED} hours
"""
LONE_APPOINTMENTS = """
    select write_id from {batch} as writes anti join marts.fct_appointments using (account, service_job_id, appointment_id)
    where appointment_id is not null
"""


def get_suite() -> ExpectationSuite:
    return suite(
        "ops.api_writes",
        key=KEY,
        rules=[
            *grain("write", KEY),
            stop("write_unsigned", "A write has an account, an operation, a time and a requester.",
                 never(KEY, "account is null or operation is null or sent_at is null or coalesce(requested_by, '') = ''")),
            stop("write_outcome_invalid", "The outcome of a write is one of the journal's outcomes.",
                 never(KEY, f"outcome is null or outcome not in {thresholds.WRITE_OUTCOMES}")),
            stop("write_end_missing", "A write has an end time exactly when its outcome is known.",
                 never(KEY, f"(outcome in {OPEN}) <> (answered_at is null)")),
            stop("write_personal_data", "Amazon's messages about a write hold no e-mail address.",
                 never(KEY, f"regexp_matches(concat_ws(' ', result, warnings, error), '{EMAIL}')")),
            warn("write_operation_unknown", "A write is one of those in Amazon's model.",
                 gxe.ExpectColumnValuesToBeInSet(column="operation", value_set=thresholds.WRITES)),
            warn("write_answered_before_sent", "A write is answered after it was sent.",
                 gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="answered_at", column_B="sent_at", or_equal=True)),
            warn("write_reason_missing", "A cancellation or a reschedule has a reason code.",
                 never(KEY, f"{REASONED} is not null and reason_code is null")),
            warn("write_reason_unknown", "The reason code of a write is in dim_reason_code.",
                 never(KEY, f"reason_code is not null and {REASONED} is not null "
                            f"and ({REASONED}, reason_code) not in (select (kind, code) from marts.dim_reason_code)")),
            warn("write_without_job", "A write to a job is about one in fct_service_jobs.",
                 never(KEY, "service_job_id is not null and (account, service_job_id) not in "
                            "(select (account, service_job_id) from marts.fct_service_jobs)")),
            warn("write_without_appointment", "A write to an appointment is about one in fct_appointments.",
                 no_rows(LONE_APPOINTMENTS)),
            warn("write_undecided", f"The outcome of a write is known within {thresholds.MAX_HOURS_UNDECIDED} hours.",
                 no_rows(UNDECIDED)),
        ],
    )  # fmt: skip
