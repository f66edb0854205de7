"""Removes personal data after its term, one buyer on request, and superseded observations of slots that are long over.

Each removal is a row of `ops.removals`: when, why, from where, how many rows. The rows hold no personal data.
"""

import logging
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa

from include.warehouse import compaction, database, ownership, paths, restricted, schema, table_files
from include.warehouse.retention import forgetting, terms

log = logging.getLogger(__name__)

# by table: what an observation is about, and the column with the end of that slot (or the start of that hour of capacity)
SUPERSEDED = {
    "raw.appointment_slots": ("account, marketplace_id, store_id, asin, slot_start_at, slot_end_at", "slot_end_at"),
    "marts.fct_slot_availability": ("account, marketplace_id, store_id, asin, slot_start_at, slot_end_at", "slot_end_at"),
    "raw.job_appointment_slots": ("account, marketplace_id, service_job_id, slot_start_at, slot_end_at", "slot_end_at"),
    "marts.fct_job_slot_availability": ("account, marketplace_id, service_job_id, slot_start_at, slot_end_at", "slot_end_at"),
    "raw.resource_capacity": ("account, marketplace_id, resource_id, slot_start_at, slot_minutes", "slot_start_at"),
    "raw.resource_capacity_ranges": ("account, marketplace_id, resource_id, capacity_type, range_end_at", "range_end_at"),
    "marts.fct_capacity_ranges": ("account, marketplace_id, store_id, capacity_type, range_end_at", "range_end_at"),
}
# dbt counts the rows of these tables by load
MODELLED = (
    "raw.appointment_slots", "raw.job_appointment_slots", "raw.resource_capacity", "raw.resource_capacity_ranges",
)  # fmt: skip


def remove_personal_data(run_id: str, now: datetime | None = None) -> dict[str, int]:
    """Remove personal data that is past its term, and the buyers that were removed before and came back with a later load.

    Args:
        run_id: The run that is recorded.
        now: When terms end; the present by default.

    Returns:
        How many rows were removed from load packages and from the encrypted database.
    """
    before = (now or datetime.now(UTC)) - terms.personal_data_term()
    with database.connect() as build:
        schema.ensure(build)
        removed = {"packages": _from_packages(before, []), "restricted": _from_restricted(build, before)}
        record(build, run_id, "term", removed)
        for buyer_key in forgetting.forgotten(build):
            record(build, run_id, "buyer", _forget(build, buyer_key))
    return removed


def forget_buyer(buyer_key: str, run_id: str) -> dict[str, int]:
    """Remove one buyer from the build, the packages, the encrypted database, the published file and its kept versions.

    Args:
        buyer_key: The keyed hash, as `forgetting.checked_key` returns it.
        run_id: The run that is recorded.

    Returns:
        How many rows of each place held the buyer.
    """
    with database.connect() as build:
        schema.ensure(build)
        forgetting.remember(build, buyer_key)
        removed = _forget(build, buyer_key)
        record(build, run_id, "buyer", removed)
    return removed


def _forget(build: duckdb.DuckDBPyConnection, buyer_key: str) -> dict[str, int]:
    removed = forgetting.forget_in_build(build, buyer_key)
    removed["packages"] = _from_packages(datetime.min.replace(tzinfo=UTC), [buyer_key])
    if paths.restricted_database().exists():
        with restricted.opened() as vault:
            statement = f"delete from {restricted.TABLE} where buyer_key = ?"
            removed["restricted"] = database.scalar(vault, statement, [buyer_key])
    # they can hold names and addresses, and are written anew after the next publication
    calendars = paths.calendar_files()
    for file in calendars:
        ownership.remove(file)
    removed["calendars"] = len(calendars)
    removed["published"] = forgetting.forget_published(paths.published_database(), buyer_key)
    return removed


def drop_slot_history(run_id: str, now: datetime | None = None) -> dict[str, int]:
    """Of slots that ended longer ago than `SERVICES_SLOT_HISTORY_DAYS`, keep only the last observation.

    Args:
        run_id: The run that is recorded.
        now: The end of the history; the present by default.

    Returns:
        How many rows of each table were removed.
    """
    before = (now or datetime.now(UTC)) - timedelta(days=terms.days_of("SERVICES_SLOT_HISTORY_DAYS", 400))
    removed = {}
    with database.connect() as build:
        schema.ensure(build)
        for table, (key, end) in SUPERSEDED.items():
            if not database.has_table(build, table):
                continue
            with database.transaction(build):
                loads = build.execute(
                    f"""
                    delete from {table} where {end} < $before and rowid in (
                        select id from (
                            select rowid as id, row_number() over (partition by {key} order by observed_at desc) as age
                            from {table} where {end} < $before
                        ) where age > 1
                    )
                    returning {"_dlt_load_id" if table in MODELLED else "null"}
                    """,
                    {"before": before},
                ).fetchall()
                _lower_row_counts(build, [load for (load,) in loads if load])
            removed[table] = len(loads)
        record(build, run_id, "slot_history", removed)
    return removed


def compact_all(*, force: bool = False) -> dict[str, list[int]]:
    """Compact all database files; return the size of each in bytes before and after."""
    build = paths.build_database()
    sizes = {
        file.stem: list(compaction.compact(file, force=force)) for file in (build, paths.built_marts(build)) if file.exists()
    }
    if paths.restricted_database().exists():
        sizes["restricted"] = list(restricted.compact())
    return sizes


def _from_restricted(build: duckdb.DuckDBPyConnection, before: datetime) -> int:
    if not paths.restricted_database().exists():
        return 0
    ended = build.execute(terms.ENDED).to_arrow_table() if database.has_table(build, "marts.fct_service_jobs") else None
    with restricted.opened() as vault:
        if ended is None:
            return database.scalar(vault, f"delete from {restricted.TABLE} where observed_at < ?", [before])
        vault.register("ended", ended)
        # the term of a job that is not in the marts starts when it was read
        return database.scalar(
            vault,
            f"""
            delete from {restricted.TABLE} where (account, service_job_id) in (
                select (kept.account, kept.service_job_id)
                from {restricted.TABLE} as kept left join ended using (account, service_job_id)
                where coalesce(ended_at, kept.observed_at) < ?
            )
            """,
            [before],
        )


def _from_packages(before: datetime, buyer_keys: list[str]) -> int:
    """Remove sealed rows from all packages and spools: those that are too old, and those of buyers."""

    def kept(rows: pa.Table) -> pa.Table:
        pairs = zip(rows["observed_at"].to_pylist(), rows["buyer_key"].to_pylist(), strict=True)
        mask = [observed_at >= before and buyer_key not in buyer_keys for observed_at, buyer_key in pairs]
        return rows.filter(pa.array(mask, pa.bool_()))

    removed = 0
    for file in sorted(paths.packages_dir().rglob("personal_data/*")):
        if file.suffix in table_files.FORMATS:
            try:
                removed += table_files.rewrite(file, kept)
            except (OSError, pa.ArrowException) as error:
                log.error("%s cannot be read (%s); it may hold data that is past its term, so it is removed", file, error)
                file.unlink()
    return removed


def _lower_row_counts(build: duckdb.DuckDBPyConnection, loads: list[str]) -> None:
    """Correct the row counts of loads, so that dbt does not take them for new ones."""
    if loads and database.has_table(build, "intermediate.built_loads"):
        build.execute(
            """
            update intermediate.built_loads as built set row_count = row_count - gone.rows
            from (select load_id, count(*) as rows from (select unnest(?::varchar[]) as load_id) group by load_id) as gone
            where built.load_id = gone.load_id
            """,
            [loads],
        )


def record(build: duckdb.DuckDBPyConnection, run_id: str, reason: str, removed: dict[str, int]) -> None:
    """Record in `ops.removals` how many rows were removed from where, and log it."""
    about = {"run_id": run_id, "removed_at": datetime.now(UTC), "reason": reason}
    database.insert(build, "ops.removals", [about | {"place": place, "rows": count} for place, count in removed.items() if count])
    log.info("Removed (%s): %s", reason, ", ".join(f"{count} of {place}" for place, count in removed.items()) or "nothing")
