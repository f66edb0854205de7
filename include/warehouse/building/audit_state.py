"""What the build has changed since an audit last passed: the keys of which row-wise rules are asked.

dbt's models of changes tell what one build changed, and the next build replaces them. So their keys are carried into the
schema `audit` before a build begins and when an audit does, and are dropped when an audit has passed: whatever was
killed, failed or skipped in between, nothing goes out that was not judged. Keys of rows that an audit warned of stay, and so
a warning is told by every audit until its rows are mended.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb

from include.warehouse import database


@dataclass(frozen=True)
class Scope:
    """Keys of one kind, the models and the query that tell which of them the last build changed, the tables that have them."""

    name: str
    key: tuple[str, ...]
    sources: tuple[str, ...]
    changed: str
    tables: tuple[str, ...]

    def unjudged(self, table: str) -> str:
        """The query for all rows of one of its tables that are to be judged."""
        same = " and ".join(f"row.{name} is not distinct from unjudged.{name}" for name in self.key)
        return f"select row.* from {table} as row semi join audit.{self.name} as unjudged on {same}"


SLOT = ("account", "marketplace_id", "store_id", "asin", "slot_start_at", "slot_end_at")
HOUR = ("account", "marketplace_id", "store_id", "hour_start_at")
CAPACITY = ("account", "marketplace_id", "resource_id", "slot_start_at")

SCOPES = (
    Scope(
        "jobs", ("account", "service_job_id"), ("int_changed_jobs",), "from intermediate.{source}",
        ("raw.service_jobs", "staging.stg_service_jobs", "marts.fct_service_jobs", "marts.fct_job_status_history",
         "marts.fct_job_items", "marts.fct_job_payments", "marts.fct_appointments", "marts.fct_appointment_history",
         "marts.fct_reschedules_cancellations"),
    ),
    Scope(
        "slots", SLOT, ("int_changed_slots",), "from intermediate.{source}",
        ("raw.appointment_slots", "marts.fct_slot_availability"),
    ),
    Scope("hours", HOUR, ("int_changed_hours",), "from intermediate.{source}", ("marts.fct_demand_capacity_hourly",)),
    Scope(
        "capacity", CAPACITY, ("int_changed_loads",),
        "from raw.resource_capacity where _dlt_load_id in (select load_id from intermediate.{source})",
        ("raw.resource_capacity",),
    ),
)  # fmt: skip
# An audit of everything comes round at least this often: it meets what was changed by hand.
EVERYTHING_EVERY = timedelta(hours=24)


def carry(connection: duckdb.DuckDBPyConnection) -> None:
    """Add what the last build changed to what is not judged yet, unless it was judged; safe to repeat."""
    _ensure(connection)
    build = _last_build(connection)
    if build is None or connection.execute("from audit.passed where build = ?", [build]).fetchone():
        return
    known = _models(connection)
    with database.transaction(connection):
        for scope in SCOPES:
            columns = ", ".join(scope.key)
            for source in known & set(scope.sources):
                connection.execute(
                    f"insert into audit.{scope.name} select {columns} from ({scope.changed.format(source=source)}) "
                    f"except select {columns} from audit.{scope.name}"
                )


def is_everything(connection: duckdb.DuckDBPyConnection, rules: str) -> bool:
    """Whether all rows must be judged: never yet, not for a day, or not by these `rules` (their fingerprint)."""
    _ensure(connection)
    passed = connection.execute("select whole_at from audit.passed where rules = ?", [rules]).fetchone()
    # an audit of tomorrow was one by a clock that was ahead
    return passed is None or abs(datetime.now(UTC) - passed[0]) > EVERYTHING_EVERY


def passed(
    connection: duckdb.DuckDBPyConnection, rules: str, *, everything: bool, warned: Iterable[tuple[str, str]] = ()
) -> None:
    """An audit by `rules` has passed: what it judged need not be judged again, but for the rows that it warned of.

    `warned`: a table and the query for those of its rows that break a row-wise rule, in it `{batch}` is the table.
    """
    build = _last_build(connection)
    with database.transaction(connection):
        for scope in SCOPES:
            columns = ", ".join(scope.key)
            broken = [
                f"select {columns} from ({query.format(batch=table if everything else f'({scope.unjudged(table)})')})"
                for table, query in warned
                if table in scope.tables
            ]
            nothing = f"select {columns} from audit.{scope.name} where false"
            connection.execute(f"create or replace temp table still as {' union '.join([nothing, *broken])}")
            connection.execute(f"delete from audit.{scope.name}")
            connection.execute(f"insert into audit.{scope.name} from still")
        if everything:
            connection.execute("delete from audit.passed")
            connection.execute("insert into audit.passed values (?, ?, ?)", [rules, datetime.now(UTC), build])
        else:
            connection.execute("update audit.passed set build = ?", [build])


def _last_build(connection: duckdb.DuckDBPyConnection) -> str | None:
    """What tells the last build from others: the loads it found new, its clocks, and all that it changed. None without one."""
    told = {source for scope in SCOPES for source in scope.sources} | {"int_as_of"}
    tables = sorted(told & _models(connection))
    parts = [f"(select coalesce(bit_xor(hash(each)), 0) from intermediate.{table} as each)" for table in tables]
    return str(connection.execute(f"select {', '.join(parts)}").fetchone()) if parts else None


def _models(connection: duckdb.DuckDBPyConnection) -> set[str]:
    found = connection.execute("select table_name from duckdb_tables() where schema_name = 'intermediate'").fetchall()
    return {table for (table,) in found}


def _ensure(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema if not exists audit")
    connection.execute("create table if not exists audit.passed (rules varchar, whole_at timestamptz, build varchar)")
    for scope in SCOPES:
        columns = ", ".join(f"{name} {'timestamptz' if name.endswith('_at') else 'varchar'}" for name in scope.key)
        connection.execute(f"create table if not exists audit.{scope.name} ({columns})")
