"""The one way to open a DuckDB file of the warehouse.

DuckDB lets one process at a time write a file. Inside Airflow the pool `services_warehouse_writer` keeps the order;
a person with a shell open on `build.duckdb` is outside of it, and gets named here instead of failing the hour's run at once.
"""

import time
from pathlib import Path

import duckdb

from include.warehouse import paths

LOCK_PATIENCE_SECONDS = 60


class WarehouseLocked(Exception):
    """Another process holds the database file."""


def connect(database: Path | None = None, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database file of the warehouse (default: the pipeline's own) in UTC.

    :raises WarehouseLocked: another process still holds the file after `LOCK_PATIENCE_SECONDS`.
    """
    database = database or paths.build_database()
    give_up_at = time.monotonic() + LOCK_PATIENCE_SECONDS
    while True:
        try:
            connection = duckdb.connect(str(database), read_only=read_only)
            break
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise
            if time.monotonic() > give_up_at:
                raise WarehouseLocked(
                    f"{database} is held by another process: {error}. Close that process (a DuckDB shell, a notebook?), "
                    f"or let it read {paths.published_database()} instead, which is never locked; then run the task again."
                ) from error
            time.sleep(0.5)
    connection.execute("set timezone = 'UTC'")
    return connection
