"""marts.fct_service_jobs: one row per service job in raw, with the content of its newest version."""

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from include.quality import thresholds
from include.quality.personal_data import CONTACT, PLACE, is_no_postal_code, looks_personal
from include.quality.rules import grain, never, no_rows, stop, suite, warn

KEY = ("account", "service_job_id")

LOST = """
    select distinct account, service_job_id from raw.service_jobs
    where (account, service_job_id) not in (select (account, service_job_id) from {batch})
"""
STATUS_DIFFERS = """
    select account, service_job_id
    from {batch} as jobs join (
        select account, service_job_id, arg_max_null(service_job_status, observed_at) as newest_status
        from raw.service_jobs
        group by account, service_job_id
    ) using (account, service_job_id)
    where job_status is distinct from newest_status
"""
COUNTS_DIFFER = """
    select account, service_job_id
    from {batch} as jobs left join (
        select
            account, service_job_id, count(*) as appointments,
            count(*) filter (where outcome = 'serviced') as serviced,
            count(*) filter (where outcome = 'rescheduled') as rescheduled
        from marts.fct_appointments
        group by account, service_job_id
    ) using (account, service_job_id)
    where (appointment_count, serviced_count, reschedule_count)
        <> (coalesce(appointments, 0), coalesce(serviced, 0), coalesce(rescheduled, 0))
"""
# The newest whole week against the same weekdays before; a day without a job counts too. Days are UTC, which is the same
# range every week.
VOLUME = f"""
    with counted as (
        select account, marketplace_id, created_at::date as day, count(*) as jobs
        from {{batch}}
        group by all
    ),

    newest as (
        select account, marketplace_id, as_of::date - back::integer as day
        from intermediate.int_as_of as clocks cross join range(1, 8) as days(back)
    ),

    expected as (
        select account, marketplace_id, newest.day, median(earlier.jobs) as usual, count(*) as weeks
        from newest join counted as earlier using (account, marketplace_id)
        where earlier.day < newest.day and earlier.day >= newest.day - {7 * thresholds.VOLUME_WEEKS}
            and (newest.day - earlier.day) % 7 = 0
        group by all
    )

    select account, marketplace_id, day
    from expected left join counted using (account, marketplace_id, day)
    where weeks >= {thresholds.VOLUME_MIN_WEEKS} and usual >= {thresholds.VOLUME_MIN_JOBS}
        and coalesce(jobs, 0) not between {thresholds.VOLUME_LOWEST} * usual and {thresholds.VOLUME_HIGHEST} * usual
"""

COMPLETED_DATE_WRONG = """
    (completed_date is not null) > (coalesce(job_status, '') = 'COMPLETED')
    or (completed_at is not null and completed_date is null
        and marketplace_id in (select marketplace_id from marts.dim_marketplace))
"""
CANCELLATION_WRONG = f"""
    (cancelled_date is not null) > (coalesce(job_status, '') = 'CANCELLED')
    or (responsible_party is not null) <> (coalesce(job_status, '') = 'CANCELLED')
    or responsible_party not in {tuple(thresholds.RESPONSIBLE_PARTIES)}
"""


def get_suite() -> ExpectationSuite:
    return suite(
        "marts.fct_service_jobs",
        key=KEY,
        rules=[
            *grain("job", KEY),
            stop("job_lost", "Every job that was read has a row.", no_rows(LOST)),
            stop("job_from_nowhere", "Every row is a job that was read.",
                 never(KEY, "(account, service_job_id) not in (select (account, service_job_id) from raw.service_jobs)")),
            stop("job_status_differs", "A job's status is that of its newest version.", no_rows(STATUS_DIFFERS)),
            stop("job_counts_differ", "The counts of a job agree with fct_appointments.", no_rows(COUNTS_DIFFER)),
            stop("job_completed_at_wrong", "A completion time belongs to a completed job with a serviced appointment.",
                 never(KEY, "(completed_at is not null) "
                            "> (coalesce(job_status, '') = 'COMPLETED' and serviced_count > 0)")),
            stop("job_completed_date_wrong", "A completion date belongs to a completed job.",
                 never(KEY, COMPLETED_DATE_WRONG)),
            stop("job_cancellation_wrong", "A cancellation date and who is responsible belong to a cancelled job.",
                 never(KEY, CANCELLATION_WRONG)),
            stop("job_first_visit_wrong", "A completed job with a proven visit was resolved on the first visit if there was one.",
                 never(KEY, "is_first_visit_resolution is distinct from "
                            "case when job_status = 'COMPLETED' and serviced_count > 0 then serviced_count = 1 end")),
            stop("job_payment_mixed", "Amounts of several currencies are not added up.",
                 never(KEY, "payment_total is not null and payment_currency is null")),
            stop("job_buyer_key_not_hashed", "A buyer is identified only by a keyed hash of 32 hexadecimal digits.",
                 never(KEY, "length(buyer_key) <> 32 or not regexp_matches(buyer_key, '^[0-9a-f]+$')")),
            stop("job_personal_data", "No text of a job looks like an e-mail address, a phone number or a street line.",
                 never(KEY, f"{looks_personal(CONTACT, 'service_title')} or {looks_personal(PLACE, 'city', 'state_or_region')} "
                            f"or {is_no_postal_code('postal_code')}")),
            warn("job_status_unknown", "A job's status is one of those in Amazon's model.",
                 gxe.ExpectColumnValuesToBeInSet(column="job_status", value_set=thresholds.JOB_STATUSES)),
            warn("job_first_appointment_out_of_range", "A job's first appointment is within a year after its creation.",
                 gxe.ExpectColumnValuesToBeBetween(
                     column="hours_to_first_appointment", min_value=0, max_value=thresholds.MAX_HOURS_TO_APPOINTMENT)),
            warn("job_payment_negative", "The payments of a job do not add up to a negative amount.",
                 gxe.ExpectColumnValuesToBeBetween(column="payment_total", min_value=0)),
            warn("job_volume_unusual", "The number of jobs created on a day is usual for its weekday.", no_rows(VOLUME),
                 whole=True),
        ],
    )  # fmt: skip
