"""How long personal data may stay, and since when that is counted: from the end of its job, which the API does not tell.

A completed job ended with its last proof of appointment. A cancelled one ended when it is known to have been cancelled, or
at its last appointment if that was earlier. Any other is taken to end when nothing more happens to it.
"""

import logging
import os
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from include.warehouse import schema
from include.warehouse.loading.packages import Package
from include.warehouse.loading.windows import UPDATED

log = logging.getLogger(__name__)

LONGEST_TERM = timedelta(days=30)
# `since` when the status is known to be what it is
ENDED_AT = """
    case
        when job_status = 'COMPLETED' then coalesce(completed_at, least(since, last_scheduled_end_at))
        when job_status = 'CANCELLED' then least(since, last_scheduled_end_at)
        else greatest(since, last_scheduled_end_at, created_at)
    end
"""
STATUSES = "select account, service_job_id, job_status, valid_from as since from marts.fct_job_status_history where is_current"
# of every job in the marts
ENDED = f"""
    select account, service_job_id, {ENDED_AT} as ended_at
    from marts.fct_service_jobs
    left join (select account, service_job_id, max(since) as since from ({STATUSES}) group by all)
        using (account, service_job_id)
    left join (
        select account, service_job_id, max(scheduled_end_at) as last_scheduled_end_at from marts.fct_appointments group by all
    ) using (account, service_job_id)
"""
_NO_STATUSES = (
    "select null::varchar as account, null::varchar as service_job_id, null::varchar as job_status, null as since where false"
)
_TIME = '{"startTime": "TIMESTAMPTZ", "durationInMinutes": "BIGINT"}'
_APPOINTMENTS = f'[{{"appointmentTime": {_TIME}, "poa": {{"appointmentTime": {_TIME}}}}}]'
# of every job in a package, as it was read; who is listed by the time of the last update did not change after the window
_ENDED_AS_READ = """
    with read as (
        select
            account, service_job_id, observed_at, service_job_status as job_status, create_time as created_at,
            from_json(appointments, $appointments) as appointments
        from read_parquet($files, union_by_name = true)
    ),

    dated as (
        select
            read.* exclude (appointments),
            list_max([{proven} for each in appointments]) as completed_at,
            list_max([{scheduled} for each in appointments]) as last_scheduled_end_at,
            least(
                observed_at, case when read.job_status in ('COMPLETED', 'CANCELLED') then $unchanged_since::timestamptz end,
                known.since
            ) as since
        from read left join ({statuses}) as known
            on read.account = known.account and read.service_job_id = known.service_job_id and read.job_status = known.job_status
    )

    select account, service_job_id, observed_at from dated where {ended_at} < $before
"""


def personal_data_term() -> timedelta:
    """`SERVICES_PERSONAL_DATA_DAYS` after a job's end.

    :raises ValueError: more than 30 days, and nobody has said that it is meant.
    """
    days = days_of("SERVICES_PERSONAL_DATA_DAYS", LONGEST_TERM.days)
    if days > LONGEST_TERM.days and os.environ.get("SERVICES_PERSONAL_DATA_BEYOND_30_DAYS", "").strip().lower() != "yes":
        raise ValueError(
            f"SERVICES_PERSONAL_DATA_DAYS is {days}, but Amazon's policy allows 30 days after delivery. Where the law "
            "obliges you to keep it longer, set SERVICES_PERSONAL_DATA_BEYOND_30_DAYS=yes as well."
        )
    return timedelta(days=days)


def within_term(build: duckdb.DuckDBPyConnection, package: Package, contacts: pa.Table, now: datetime | None = None) -> pa.Table:
    """Of the contacts of a package those whose jobs did not end longer ago than the term: a backfill reads old ones too.

    Args:
        now: by default when the package was read, by the clock that its reader has checked; the retention DAG looks daily.
    """
    files = [str(file) for file in package.files("service_jobs")]
    if not files:
        return contacts
    query = _ENDED_AS_READ.format(
        proven=_end("each.poa.appointmentTime"),
        scheduled=_end("each.appointmentTime"),
        statuses=STATUSES if schema.exists(build, "marts.fct_job_status_history") else _NO_STATUSES,
        ended_at=ENDED_AT,
    )
    asked = {
        "files": files,
        "appointments": _APPOINTMENTS,
        "unchanged_since": package.row["window_end"] if package.row["filter"] == UPDATED else None,
        "before": (now or datetime.fromisoformat(package.row["finished_at"])) - personal_data_term(),
    }
    build.register("contacts", contacts)
    try:
        kept = build.execute(
            f"from contacts anti join ({query}) using (account, service_job_id, observed_at)", asked
        ).to_arrow_table()
    finally:
        build.unregister("contacts")
    if past := len(contacts) - len(kept):
        log.info("%s: %s contacts are past their term and are not stored", package, past)
    return kept


def days_of(setting: str, default: int) -> int:
    text = os.environ.get(setting, "").strip() or str(default)
    if not text.isdecimal():
        raise ValueError(f"{setting} should be a whole number of days, but is {text!r}.")
    return int(text)


def _end(time: str) -> str:
    """A payload may say that something takes longer than time can be reckoned."""
    return f"try({time}.startTime + to_minutes({time}.durationInMinutes))"
