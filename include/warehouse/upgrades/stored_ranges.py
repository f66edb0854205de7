"""Upgrades a database that was filled before ranges of capacity named the start of their reading (`window_start`).

At that time, a range that ended where a later reading started was stored as vanished, although it was over.
"""

import duckdb

from include.warehouse import database

RANGES = "raw.resource_capacity_ranges"


def clean(build: duckdb.DuckDBPyConnection) -> None:
    """Remove these rows, unless the table has the new column already. Safe to repeat.

    Args:
        build: The build database, before missing columns are added.
    """
    columns = build.execute(
        "select column_name from duckdb_columns() where database_name = current_database() "
        "and schema_name || '.' || table_name = ?",
        [RANGES],
    ).fetchall()
    if not columns or ("window_start",) in columns or not database.has_table(build, "ops.extract_windows"):
        return
    build.execute(f"""
        delete from {RANGES} as ranges using ops.extract_windows as windows
        where ranges.capacity is null and ranges.range_start_at is null and windows.entity = 'resource_capacity'
          and ranges.account = windows.account and ranges.marketplace_id = windows.marketplace_id
          and ranges.range_end_at = windows.window_start and ranges.observed_at >= windows.started_at
    """)
