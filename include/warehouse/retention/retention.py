"""What is removed, and when: personal data after its term, one buyer on request, observations of slots that are long over.

Each removal is a row of `ops.removals`: when, why, from where, how many rows. It names nobody.
"""

import logging
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from include.warehouse import database, paths, restricted, schema
from include.warehouse.loading import package_files
from include.warehouse.retention import forgetting, terms

log = logging.getLogger(__name__)

# Of the files of a package: what is finished is Parquet, a spool is Arrow.
_FORMATS = {
    ".parquet": (pq.read_table, pq.write_table),
    ".arrow": (package_files.read_spool, package_files.write_spool),
}
# Of a slot (or an hour of capacity) that ended before the term, all observations but the last.
SUPERSEDED = {
    "raw.appointment_slots": ("account, marketplace_id, store_id, asin, slot_start_at, slot_end_at", "slot_end_at"),
    "marts.fct_slot_availability": ("account, marketplace_id, store_id, asin, slot_start_at, slot_end_at", "slot_end_at"),
    "raw.job_appointment_slots": ("account, marketplace_id, service_job_id, slot_start_at, slot_end_at", "slot_end_at"),
    "raw.resource_capacity": ("account, marketplace_id, resource_id, slot_start_at, slot_minutes", "slot_start_at"),
    "raw.resource_capacity_ranges": ("account, marketplace_id, resource_id, capacity_type, range_end_at", "range_end_at"),
}
# of these dbt knows the loads by their rows
MODELLED = ("raw.appointment_slots", "raw.resource_capacity")


def remove_personal_data(run_id: str, now: datetime | None = None) -> dict[str, int]:
    """Remove what is past its term from the encrypted database and from load packages, and forgotten buyers once more."""
    before = (now or datetime.now(UTC)) - terms.personal_data_term()
    with database.connect() as build:
        schema.ensure(build)
        removed = {"packages": _from_packages(before, []), "restricted": _from_restricted(build, before)}
        record(build, run_id, "term", removed)
        # a job that was read again brings its buyer back
        for buyer_key in forgetting.forgotten(build):
            record(build, run_id, "buyer", _forget(build, buyer_key))
    return removed


def forget_buyer(buyer_key: str, run_id: str) -> dict[str, int]:
    """Remove one buyer from everything: also from packages, from the published file and from the versions kept of it."""
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
            (count,) = vault.execute(f"delete from {restricted.TABLE} where buyer_key = ?", [buyer_key]).fetchone()
        removed["restricted"] = count
    removed["published"] = forgetting.forget_published(paths.published_database(), buyer_key)
    return removed


def drop_slot_history(run_id: str, now: datetime | None = None) -> dict[str, int]:
    """Of slots that ended longer ago than `SERVICES_SLOT_HISTORY_DAYS`, keep the last observation alone."""
    before = (now or datetime.now(UTC)) - timedelta(days=terms.days_of("SERVICES_SLOT_HISTORY_DAYS", 400))
    removed = {}
    with database.connect() as build:
        schema.ensure(build)
        for table, (key, end) in SUPERSEDED.items():
            if not schema.exists(build, table):
                continue
            # each by itself: what one removes is right without the others
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
                _tell_dbt(build, [load for (load,) in loads if load])
            removed[table] = len(loads)
        record(build, run_id, "slot_history", removed)
    return removed


def compact_all(*, force: bool = False) -> dict[str, list[int]]:
    """Give back the room of what was removed. Returns the sizes in bytes of each file before and after."""
    from include.warehouse.retention.compaction import compact

    build = paths.build_database()
    sizes = {file.stem: list(compact(file, force=force)) for file in (build, paths.built_marts(build)) if file.exists()}
    if paths.restricted_database().exists():
        sizes["restricted"] = list(restricted.compact())
    return sizes


def _from_restricted(build: duckdb.DuckDBPyConnection, before: datetime) -> int:
    if not paths.restricted_database().exists():
        return 0
    known = build.execute(terms.ENDED).to_arrow_table() if schema.exists(build, "marts.fct_service_jobs") else None
    with restricted.opened() as vault:
        if known is None:
            return vault.execute(f"delete from {restricted.TABLE} where observed_at < ?", [before]).fetchone()[0]
        vault.register("known", known)
        # of a job that the marts do not know, all that is known is when it was read
        return vault.execute(
            f"""
            delete from {restricted.TABLE} where (account, service_job_id) in (
                select (kept.account, kept.service_job_id)
                from {restricted.TABLE} as kept left join known using (account, service_job_id)
                where coalesce(ended_at, kept.observed_at) < ?
            )
            """,
            [before],
        ).fetchone()[0]


def _from_packages(before: datetime, buyer_keys: list[str]) -> int:
    """Sealed rows of packages and spools, wherever one waits, was loaded or failed."""
    removed = 0
    for file in sorted(paths.packages_dir().rglob("personal_data/*")):
        if file.suffix not in _FORMATS:
            continue
        read, write = _FORMATS[file.suffix]
        try:
            rows = read(file)
        except (OSError, pa.ArrowException) as error:
            log.error("%s cannot be read (%s); nobody can tell whose data it holds, so it is removed", file, error)
            file.unlink()
            continue
        gone = [
            observed_at < before or buyer_key in buyer_keys
            for observed_at, buyer_key in zip(rows["observed_at"].to_pylist(), rows["buyer_key"].to_pylist(), strict=True)
        ]
        if any(gone):
            partial = file.with_suffix(".partial")
            write(rows.filter([not one for one in gone]), partial)
            partial.replace(file)
            removed += sum(gone)
    return removed


def _tell_dbt(build: duckdb.DuckDBPyConnection, loads: list[str]) -> None:
    """A load that has fewer rows is no new load: dbt knows loads by their rows."""
    if loads and schema.exists(build, "intermediate.built_loads"):
        build.execute(
            """
            update intermediate.built_loads as built set row_count = row_count - gone.rows
            from (select load_id, count(*) as rows from (select unnest(?::varchar[]) as load_id) group by load_id) as gone
            where built.load_id = gone.load_id
            """,
            [loads],
        )


def record(build: duckdb.DuckDBPyConnection, run_id: str, reason: str, removed: dict[str, int]) -> None:
    """Note in `ops.removals` what was removed from where, and log it."""
    rows = [(run_id, datetime.now(UTC), reason, place, count) for place, count in removed.items() if count]
    if rows:
        build.executemany("insert into ops.removals (run_id, removed_at, reason, place, rows) values (?, ?, ?, ?, ?)", rows)
    log.info("Removed (%s): %s", reason, ", ".join(f"{count} of {place}" for place, count in removed.items()) or "nothing")
