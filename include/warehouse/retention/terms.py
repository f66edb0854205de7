"""How long personal data is kept: a term that starts with the end of its job, which the API does not return.

A completed job ended with its last proof of appointment. A cancelled job ended when it was first seen as cancelled, or at its
last appointment if that was earlier. Any other job ends with its last status, appointment or creation.
"""

import os
from datetime import timedelta

LONGEST_TERM = timedelta(days=30)
# `since`: when the job was first seen with its status
ENDED_AT = """
    case
        when job_status = 'COMPLETED' then coalesce(completed_at, least(since, last_scheduled_end_at))
        when job_status = 'CANCELLED' then least(since, last_scheduled_end_at)
        else greatest(since, last_scheduled_end_at, created_at)
    end
"""
STATUSES = "select account, service_job_id, job_status, valid_from as since from marts.fct_job_status_history where is_current"
# for every job in the marts
ENDED = f"""
    select account, service_job_id, {ENDED_AT} as ended_at
    from marts.fct_service_jobs
    left join (select account, service_job_id, max(since) as since from ({STATUSES}) group by all)
        using (account, service_job_id)
    left join (
        select account, service_job_id, max(scheduled_end_at) as last_scheduled_end_at from marts.fct_appointments group by all
    ) using (account, service_job_id)
"""


def personal_data_term() -> timedelta:
    """Return the term after a job's end: `SERVICES_PERSONAL_DATA_DAYS`.

    Raises:
        ValueError: It is longer than 30 days, without `SERVICES_PERSONAL_DATA_BEYOND_30_DAYS=yes`.
    """
    days = days_of("SERVICES_PERSONAL_DATA_DAYS", LONGEST_TERM.days)
    if days > LONGEST_TERM.days and os.environ.get("SERVICES_PERSONAL_DATA_BEYOND_30_DAYS", "").strip().lower() != "yes":
        raise ValueError(
            f"SERVICES_PERSONAL_DATA_DAYS is {days}, but Amazon's policy allows 30 days after delivery. Where the law "
            "obliges you to keep it longer, set SERVICES_PERSONAL_DATA_BEYOND_30_DAYS=yes as well."
        )
    return timedelta(days=days)


def days_of(setting: str, default: int) -> int:
    """Read a setting, a whole number of days.

    Raises:
        ValueError: It is not a whole number.
    """
    text = os.environ.get(setting, "").strip() or str(default)
    if not text.isdecimal():
        raise ValueError(f"{setting} should be a whole number of days, but is {text!r}.")
    return int(text)
