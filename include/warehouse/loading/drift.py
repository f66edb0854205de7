"""`ops.schema_drift`: what Amazon began to send that its model does not have.

Each package of a window counts what its answers held. The loader adds the counts in the transaction that records the window as
complete; so a package that is merged twice is counted once.
"""

import duckdb

from include.warehouse import schema
from include.warehouse.loading.history import stage
from include.warehouse.loading.packages import COMPLETE, Package

TABLE = "schema_drift"
UNKNOWN_FIELD, UNKNOWN_VALUE, OTHER_TYPE = "unknown_field", "unknown_value", "other_type"
KEY = ("account", "entity", "path", "kind")
# of several reports the newest tells what is met and what becomes of it
_NEWEST = ("is_value_kept", "value_type")


def add(connection: duckdb.DuckDBPyConnection, package: Package) -> int:
    """Add what a complete package has met to `ops.schema_drift`, in the caller's transaction.

    Call it before the window's row is written.

    Returns:
        The number of paths that are new.
    """
    files = package.files(TABLE)
    if not files or _is_counted(connection, package.row):
        return 0
    connection.execute("drop table if exists staged_drift")
    stage(connection, files, schema.OPS_TABLES[TABLE], "staged_drift", is_new=True)
    return merge(connection, "staged_drift")


def merge(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    """Merge rows of the columns of `ops.schema_drift` into it; returns the number of paths that are new."""
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
    (known,) = connection.execute(f"delete from ops.{TABLE} where ({key}) in (select ({key}) from merged_drift)").fetchone()
    (merged,) = connection.execute(f"insert into ops.{TABLE} by name from merged_drift").fetchone()
    return merged - known


def _is_counted(connection: duckdb.DuckDBPyConnection, row: dict) -> bool:
    """Whether this very attempt was merged before."""
    same = " and ".join(f"{name} = ${name}" for name in ("account", "marketplace_id", "entity", "window_start", "started_at"))
    asked = {name: row[name] for name in ("account", "marketplace_id", "entity", "window_start", "started_at")}
    return bool(
        connection.execute(f"from ops.extract_windows where {same} and status = $status", asked | {"status": COMPLETE}).fetchone()
    )
