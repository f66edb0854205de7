"""Loads the personal data of packages into the encrypted database, less what is already past its term."""

import logging
import shutil
from datetime import datetime

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from include.warehouse import database, restricted, schema
from include.warehouse.loading.package import COMPLETE, Package
from include.warehouse.loading.windows import UPDATED
from include.warehouse.retention.terms import ENDED_AT, STATUSES, personal_data_term

log = logging.getLogger(__name__)

TABLE = "personal_data"
_NO_STATUSES = (
    "select null::varchar as account, null::varchar as service_job_id, null::varchar as job_status, null as since where false"
)
_TIME = '{"startTime": "TIMESTAMPTZ", "durationInMinutes": "BIGINT"}'
_APPOINTMENTS = f'[{{"appointmentTime": {_TIME}, "poa": {{"appointmentTime": {_TIME}}}}}]'
# of every job in a package; a job that was listed by the time of its last update did not change after the window
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
            list_max([{proven} for appointment in appointments]) as completed_at,
            list_max([{scheduled} for appointment in appointments]) as last_scheduled_end_at,
            least(
                observed_at, case when read.job_status in ('COMPLETED', 'CANCELLED') then $unchanged_since::timestamptz end,
                known.since
            ) as since
        from read left join ({statuses}) as known
            on read.account = known.account and read.service_job_id = known.service_job_id and read.job_status = known.job_status
    )

    select account, service_job_id, observed_at from dated where {ended_at} < $before
"""


def keep(connection: duckdb.DuckDBPyConnection, package: Package) -> None:
    """Move the contacts of a complete package into the encrypted database, or remove them where personal data is not kept.

    Call it before the rest of the package is merged, so that a package that is put away never holds the only copy.
    """
    files = package.files(TABLE)
    if files and package.row["status"] == COMPLETE:
        if restricted.is_kept():
            contacts = pa.concat_tables([pq.read_table(file, columns=list(schema.PERSONAL_DATA)) for file in files])
            restricted.keep(within_term(connection, package, contacts))
        shutil.rmtree(package.data / TABLE)


def within_term(build: duckdb.DuckDBPyConnection, package: Package, contacts: pa.Table, now: datetime | None = None) -> pa.Table:
    """Filter out the contacts whose jobs ended longer ago than the term: a backfill reads old jobs too.

    Args:
        build: The build database.
        package: The package that holds the jobs of the contacts.
        contacts: The columns of `schema.PERSONAL_DATA`.
        now: When terms end, by default when the package was read, by the clock that its reader checked.

    Returns:
        The contacts that are still within their term.
    """
    files = [str(file) for file in package.files("service_jobs")]
    if not files:
        return contacts
    query = _ENDED_AS_READ.format(
        proven=_end("appointment.poa.appointmentTime"),
        scheduled=_end("appointment.appointmentTime"),
        statuses=STATUSES if database.has_table(build, "marts.fct_job_status_history") else _NO_STATUSES,
        ended_at=ENDED_AT,
    )
    parameters = {
        "files": files,
        "appointments": _APPOINTMENTS,
        "unchanged_since": package.row["window_end"] if package.row["filter"] == UPDATED else None,
        "before": (now or datetime.fromisoformat(package.row["finished_at"])) - personal_data_term(),
    }
    # DuckDB finds `contacts` among the variables of this function
    remaining = f"from contacts anti join ({query}) using (account, service_job_id, observed_at)"
    kept = build.execute(remaining, parameters).to_arrow_table()
    if past := len(contacts) - len(kept):
        log.info("%s: %s contacts are past their term and are not stored", package, past)
    return kept


def _end(time: str) -> str:
    """Return the SQL for the end of an appointment; null where a payload has a duration beyond the range of timestamps."""
    return f"try({time}.startTime + to_minutes({time}.durationInMinutes))"
