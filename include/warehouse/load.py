"""Folds finished packages into `build.duckdb`: each one in a single transaction, whole or not at all.

A package may be folded twice (the process died after the commit and before the folder was gone): every statement here
leaves out what is already there, by the key of the observation. An observation whose content is that of the one before it
adds nothing; so `raw` grows with change, not with reading.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from include.warehouse import packages, schema
from include.warehouse.packages import COMPLETE, RUNNING, Package

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Versioned:
    """How one raw table keeps history: what a row is about, and which columns make it a new version."""

    table: str
    key: tuple[str, ...]
    content: tuple[str, ...]


VERSIONED = (
    Versioned("service_jobs", ("account", "service_job_id"), ("content_hash",)),
    Versioned(
        "appointment_slots",
        ("account", "marketplace_id", "store_id", "asin", "slot_start_at", "slot_end_at"),
        ("capacity", "scheduling_type"),
    ),
    Versioned(
        "resource_capacity",
        ("account", "marketplace_id", "resource_id", "slot_start_at", "slot_minutes"),
        ("scheduled_capacity", "available_capacity", "encumbered_capacity", "reserved_capacity"),
    ),
)

QUARANTINE_KEY = ("account", "entity", "record_key", "field", "reason", "payload")
WINDOW_KEY = ("account", "marketplace_id", "entity", "mode", "filter", "window_start", "window_end")


def load_packages(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Fold every finished package into the database and remove it; note windows that are still being read.

    Returns the number of packages and of rows added to each table. Raises nothing for a failed window: its row says so.
    """
    schema.ensure(connection)
    packages.sweep()
    added = {"packages": 0}
    for package in packages.waiting():
        if package.take_over():
            package.fail(packages.INTERRUPTED)
        connection.begin()
        try:
            rows = _fold(connection, package)
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
        if package.row["status"] != RUNNING:
            package.remove()
            added["packages"] += 1
        for table, count in rows.items():
            added[table] = added.get(table, 0) + count
    log.info("Loaded %s", ", ".join(f"{count} {name}" for name, count in added.items()))
    return added


def _fold(connection: duckdb.DuckDBPyConnection, package: Package) -> dict[str, int]:
    rows: dict[str, int] = {}
    if package.row["status"] == COMPLETE:
        for versioned in VERSIONED:
            if package.files(versioned.table):
                rows[versioned.table] = _add_versions(connection, package, versioned)
        if package.files("appointment_slot_snapshots"):
            rows["appointment_slots"] = rows.get("appointment_slots", 0) + _close_vanished_slots(connection, package)
        if package.files("quarantined_records"):
            rows["quarantined_records"] = _add_quarantined(connection, package)
    _record_window(connection, package.row)
    return rows


def _land(
    connection: duckdb.DuckDBPyConnection, package: Package, table: str, columns: dict[str, str], name: str = "landed"
) -> None:
    """Show the package's rows of a table, in that table's own types, as the temporary table `name`."""
    casts = ", ".join(f'cast("{column}" as {kind}) as "{column}"' for column, kind in columns.items())
    files = [str(file) for file in package.files(table)]
    source = f"read_parquet({files}, union_by_name = true)" if files else f"(select {_nothing(columns)}) limit 0"
    connection.execute(f"create or replace temp table {name} as select {casts} from {source}")


def _nothing(columns: dict[str, str]) -> str:
    return ", ".join(f'null as "{column}"' for column in columns)


def _add_versions(connection: duckdb.DuckDBPyConnection, package: Package, versioned: Versioned) -> int:
    _land(connection, package, versioned.table, schema.RAW_TABLES[versioned.table])
    key = ", ".join(versioned.key)
    changed = " or ".join(f"landed.{name} is distinct from before.{name}" for name in versioned.content)
    before = ", ".join(f"arg_max_null({name}, observed_at) as {name}" for name in versioned.content)
    return connection.execute(f"""
        insert into raw.{versioned.table} by name
        select landed.*
        from (select distinct on ({key}, observed_at) * from landed) as landed
        left join (
            select {key}, {before}, max(observed_at) as observed_at
            from raw.{versioned.table} semi join landed using ({key})
            group by {key}
        ) as before using ({key})
        where (before.observed_at is null or {changed})
          and not exists (
            select 1 from raw.{versioned.table} as known
            where ({", ".join(f"known.{name}" for name in versioned.key)}, known.observed_at)
                = ({", ".join(f"landed.{name}" for name in versioned.key)}, landed.observed_at)
          )
    """).fetchone()[0]


def _close_vanished_slots(connection: duckdb.DuckDBPyConnection, package: Package) -> int:
    """A slot that was offered, and that this snapshot of its range does not hold, gets a version without capacity."""
    _land(connection, package, "appointment_slot_snapshots", schema.SLOT_SNAPSHOTS, "snapshots")
    _land(connection, package, "appointment_slots", schema.RAW_TABLES["appointment_slots"])
    return connection.execute("""
        insert into raw.appointment_slots by name
        with latest as (
            select account, marketplace_id, store_id, asin, slot_start_at, slot_end_at,
                max(observed_at) as last_observed_at,
                arg_max_null(capacity, observed_at) as last_capacity,
                arg_max_null(scheduling_type, observed_at) as scheduling_type
            from raw.appointment_slots
            semi join snapshots using (account, marketplace_id, store_id, asin)
            group by all
        )
        select latest.* exclude (last_observed_at, last_capacity), snapshots.observed_at
        from latest
        join snapshots using (account, marketplace_id, store_id, asin)
        anti join landed using (account, marketplace_id, store_id, asin, slot_start_at, slot_end_at)
        where slot_start_at >= range_start and slot_end_at <= range_end
          and last_capacity is not null and last_observed_at < snapshots.observed_at
    """).fetchone()[0]


def _add_quarantined(connection: duckdb.DuckDBPyConnection, package: Package) -> int:
    """The same unreadable value of the same record is told once, however often it is read."""
    _land(connection, package, "quarantined_records", schema.OPS_TABLES["quarantined_records"])
    key = ", ".join(QUARANTINE_KEY)
    same = " and ".join(f"known.{name} is not distinct from landed.{name}" for name in QUARANTINE_KEY)
    return connection.execute(f"""
        insert into ops.quarantined_records by name
        select * from (select distinct on ({key}) * from landed order by observed_at) as landed
        where not exists (select 1 from ops.quarantined_records as known where {same})
    """).fetchone()[0]


def _record_window(connection: duckdb.DuckDBPyConnection, row: dict) -> None:
    """Write the attempt's row: the same attempt replaces its earlier row, another one counts up."""
    columns = schema.OPS_TABLES["extract_windows"]
    where = " and ".join(f"{name} = ${name}" for name in WINDOW_KEY)
    identity = {name: row[name] for name in WINDOW_KEY}
    started = {**identity, "started_at": row["started_at"]}
    known = connection.execute(
        f"delete from ops.extract_windows where {where} and started_at = $started_at returning attempt", started
    ).fetchone()
    (last,) = connection.execute(f"select coalesce(max(attempt), 0) from ops.extract_windows where {where}", identity).fetchone()
    values = {name: row.get(name) for name in columns} | {"attempt": known[0] if known else last + 1}
    if row["status"] != RUNNING:
        values["loaded_at"] = datetime.now(UTC)
    names = ", ".join(f'"{name}"' for name in values)
    connection.execute(f"insert into ops.extract_windows ({names}) values ({', '.join(f'${name}' for name in values)})", values)
