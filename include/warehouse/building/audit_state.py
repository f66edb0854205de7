"""The keys of the rows that builds changed since an audit last passed: row-wise rules check only these rows.

dbt's models of changes hold the changes of one build, and the next build replaces them. So their keys are copied into the schema
`audit` before a build and before an audit, and removed when an audit has passed: unaudited rows are never published, even after
a crash. Keys of rows with a warning stay, so that every audit repeats the warning until the rows are corrected.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb

from include.warehouse import database


@dataclass(frozen=True)
class Scope:
    """Keys of one kind.

    Attributes:
        name: The table in the schema `audit` that holds the keys.
        key: The columns of the key.
        source: The model that holds the changes of the last build.
        changed: The query for the changed keys.
        tables: The tables whose rows have such a key.
    """

    name: str
    key: tuple[str, ...]
    source: str
    changed: str
    tables: tuple[str, ...]

    def unaudited(self, table: str) -> str:
        """Return the query for the rows of one of its tables that are not audited yet."""
        same = " and ".join(f"row.{name} is not distinct from unaudited.{name}" for name in self.key)
        return f"select row.* from {table} as row semi join audit.{self.name} as unaudited on {same}"


SLOT = ("account", "marketplace_id", "store_id", "asin", "slot_start_at", "slot_end_at")
JOB_SLOT = ("account", "marketplace_id", "service_job_id", "slot_start_at", "slot_end_at")
RANGE = ("account", "marketplace_id", "store_id", "capacity_type", "range_end_at")
RAW_RANGE = tuple("resource_id" if name == "store_id" else name for name in RANGE)
HOUR = ("account", "marketplace_id", "store_id", "hour_start_at")
CAPACITY = ("account", "marketplace_id", "resource_id", "slot_start_at")

SCOPES = (
    Scope(
        "jobs", ("account", "service_job_id"), "int_changed_jobs", "from intermediate.int_changed_jobs",
        ("raw.service_jobs", "staging.stg_service_jobs", "marts.fct_service_jobs", "marts.fct_job_status_history",
         "marts.fct_job_items", "marts.fct_job_payments", "marts.fct_appointments", "marts.fct_appointment_history",
         "marts.fct_reschedules_cancellations"),
    ),
    Scope(
        "slots", SLOT, "int_changed_slots", "from intermediate.int_changed_slots",
        ("raw.appointment_slots", "marts.fct_slot_availability"),
    ),
    Scope(
        "job_slots", JOB_SLOT, "int_changed_job_slots", "from intermediate.int_changed_job_slots",
        ("raw.job_appointment_slots", "marts.fct_job_slot_availability"),
    ),
    Scope(
        "ranges", RANGE, "int_changed_ranges", "from intermediate.int_changed_ranges",
        ("staging.stg_resource_capacity_ranges", "marts.fct_capacity_ranges"),
    ),
    Scope(
        "raw_ranges", RAW_RANGE, "int_changed_ranges",
        "select *, store_id as resource_id from intermediate.int_changed_ranges", ("raw.resource_capacity_ranges",),
    ),
    Scope(
        "hours", HOUR, "int_changed_hours", "from intermediate.int_changed_hours", ("marts.fct_demand_capacity_hourly",),
    ),
    Scope(
        "capacity", CAPACITY, "int_changed_loads",
        "from raw.resource_capacity where _dlt_load_id in (select load_id from intermediate.int_changed_loads)",
        ("raw.resource_capacity",),
    ),
)  # fmt: skip
# an audit of all rows runs at least this often, because rows can be changed by hand
EVERYTHING_EVERY = timedelta(hours=24)


def carry(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the keys that the last build changed to the unaudited ones, unless its audit has passed. Safe to repeat."""
    _ensure(connection)
    build = _last_build(connection)
    if build is None or connection.execute("from audit.passed where build = ?", [build]).fetchone():
        return
    models = _models(connection)
    with database.transaction(connection):
        for scope in SCOPES:
            if scope.source in models:
                columns = ", ".join(scope.key)
                connection.execute(
                    f"insert into audit.{scope.name} select {columns} from ({scope.changed}) "
                    f"except select {columns} from audit.{scope.name}"
                )


def is_everything(connection: duckdb.DuckDBPyConnection, rules: str) -> bool:
    """Whether all rows must be audited: no audit of all rows passed within a day, or it had other rules.

    Args:
        connection: The build database.
        rules: The fingerprint of the rules.
    """
    _ensure(connection)
    passed = connection.execute("select whole_at from audit.passed where rules = ?", [rules]).fetchone()
    # an audit in the future was dated by a clock that was ahead
    return passed is None or abs(datetime.now(UTC) - passed[0]) > EVERYTHING_EVERY


def passed(
    connection: duckdb.DuckDBPyConnection, rules: str, *, everything: bool, warned: Iterable[tuple[str, str]] = ()
) -> None:
    """Note that an audit has passed: only the rows with a warning remain to be audited again.

    Args:
        connection: The build database.
        rules: The fingerprint of the rules.
        everything: Whether the audit was one of all rows.
        warned: Tables, each with the query for its rows that break a row-wise rule; `{batch}` stands for the table.
    """
    build = _last_build(connection)
    with database.transaction(connection):
        for scope in SCOPES:
            columns = ", ".join(scope.key)
            broken = [
                f"select {columns} from ({query.format(batch=table if everything else f'({scope.unaudited(table)})')})"
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
    """Identify the last build by a hash of its new loads, its `as_of` and its changes; None before the first build."""
    sources = {scope.source for scope in SCOPES} | {"int_as_of"}
    tables = sorted(sources & _models(connection))
    parts = [f"(select coalesce(bit_xor(hash(changed)), 0) from intermediate.{table} as changed)" for table in tables]
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
