"""Loads `ops.schema_drift`: fields and values that Amazon sends and its model does not have.

Each package counts what its responses held. The loader adds the counts in the transaction that records the window as complete, so
a package that is merged twice is counted once.
"""

import duckdb

from include.warehouse import database, schema
from include.warehouse.loading import ledger
from include.warehouse.loading.history import stage
from include.warehouse.loading.packages import Package

TABLE = "schema_drift"
UNKNOWN_FIELD, UNKNOWN_VALUE, OTHER_TYPE = "unknown_field", "unknown_value", "other_type"
KEY = ("account", "entity", "path", "kind")
# the columns that are taken from the newest of several rows
_NEWEST = ("is_value_kept", "value_type")


def add(connection: duckdb.DuckDBPyConnection, package: Package) -> int:
    """Add the counts of a complete package to `ops.schema_drift`, in the caller's transaction.

    Call it before the window's row is written.

    Returns:
        The number of new paths.
    """
    files = package.files(TABLE)
    if not files or ledger.status(connection, package.row) == package.row["status"]:
        return 0
    stage(connection, "staged_drift", schema.OPS_TABLES[TABLE], files)
    return merge(connection, "staged_drift")


def merge(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    """Merge the rows of a table with the columns of `ops.schema_drift` into it; return the number of new paths."""
    columns = ", ".join(schema.OPS_TABLES[TABLE])
    key = ", ".join(KEY)
    newest = ", ".join(f"arg_max_null({name}, last_observed_at) as {name}" for name in _NEWEST)
    connection.execute(f"""
        create or replace temp table merged_drift as
        select
            {key}, min(first_observed_at) as first_observed_at, max(last_observed_at) as last_observed_at,
            sum(times)::bigint as times, max(longest_value) as longest_value,
            arg_max(example, last_observed_at) as example, {newest}
        from (
            select {columns} from {source}
            union all
            select {columns} from ops.{TABLE} semi join {source} using ({key})
        )
        group by {key}
    """)
    replaced = database.scalar(connection, f"delete from ops.{TABLE} where ({key}) in (select ({key}) from merged_drift)")
    return database.scalar(connection, f"insert into ops.{TABLE} by name from merged_drift") - replaced
