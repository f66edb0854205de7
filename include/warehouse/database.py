"""Opens the DuckDB files of the warehouse.

DuckDB lets one process at a time write a file. In Airflow the pool `services_warehouse_writer` serializes the writers. A shell
that somebody has open on `build.duckdb` is outside of the pool, so `connect` waits for it before it fails.

The marts of the build are in a file of their own, so that publishing them is copying that file. It is attached wherever the
build is opened, and its tables keep their usual names, `marts.fct_appointments`. A transaction writes to one of the two files.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from include.warehouse import paths, unreadable

LOCK_TIMEOUT_SECONDS = 60
LOCKED = "Could not set lock on file"
# the names of the two databases of the build in DuckDB
BUILD = "build"
BUILT_MARTS = "built_marts"


class WarehouseLocked(Exception):
    """Another process holds the database file."""


def connect(database: Path | None = None, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database file of the warehouse in UTC.

    Args:
        database: The file, by default the pipeline's own, with its marts.
        read_only: Whether the connection only reads.

    Raises:
        WarehouseLocked: Another process still holds the file after `LOCK_TIMEOUT_SECONDS`.
        WarehouseUnreadable: The file is damaged, is no database, was written by a newer DuckDB or is not readable for this
            user, or the disk is full.
    """
    database = database or paths.build_database()
    give_up_at = time.monotonic() + LOCK_TIMEOUT_SECONDS
    while True:
        try:
            connection = _open(database, read_only=read_only)
            break
        except duckdb.IOException as error:
            if LOCKED not in str(error):
                raise
            if time.monotonic() > give_up_at:
                raise WarehouseLocked(
                    f"{database} is held by another process: {error}. Close that process (a DuckDB shell, a notebook?), "
                    f"or let it read {paths.published_database()} instead, which is never locked; then run the task again."
                ) from error
            time.sleep(0.5)
    connection.execute("set timezone = 'UTC'")
    return connection


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what the block does, or roll all of it back when it fails, and raise the first error.

    A commit that failed leaves no transaction, so that the rollback fails too; that second error is suppressed.
    """
    connection.begin()
    try:
        yield
        connection.commit()
    except BaseException:
        with suppress(duckdb.Error):
            connection.rollback()
        raise


def shut_in(connection: duckdb.DuckDBPyConnection) -> None:
    """Forbid a connection to read other files, extensions or Python variables, and to change settings.

    For queries that somebody else wrote, in a process that opens the file once: connections of a process to the same file
    share their settings, so a later connection could not change its own.
    """
    connection.execute("set python_enable_replacements = false")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def scalar(connection: duckdb.DuckDBPyConnection, query: str, parameters: object = None) -> Any:
    """Run a statement that returns one row, and return its first column: a count, or how many rows were changed."""
    row = connection.execute(query, parameters).fetchone()
    assert row is not None, query
    return row[0]


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict]) -> None:
    """Add rows to a table `schema.table`; each row has the same columns."""
    if rows:
        names, values = ", ".join(f'"{name}"' for name in rows[0]), ", ".join(f"${name}" for name in rows[0])
        connection.executemany(f"insert into {table} ({names}) values ({values})", rows)


def has_table(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether there is a table `schema.table`."""
    return bool(connection.execute("from duckdb_tables() where schema_name || '.' || table_name = ?", [table]).fetchone())


def model_again(connection: duckdb.DuckDBPyConnection, loads: list[str]) -> None:
    """Have dbt model loads again whose rows were changed: it takes a load with another number of rows for a new one."""
    if loads and has_table(connection, "intermediate.built_loads"):
        connection.execute("update intermediate.built_loads set row_count = -1 where load_id in (select unnest(?))", [loads])


def quoted(path: Path) -> str:
    """Return a path as the content of an SQL string."""
    return str(path).replace("'", "''")


def _open(database: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    with unreadable.named(database):
        connection = duckdb.connect(str(database), read_only=read_only)
    if database.stem == BUILD:
        try:
            with unreadable.named(marts := paths.built_marts(database)):
                _attach_marts(connection, marts, read_only=read_only)
        except (duckdb.Error, unreadable.WarehouseUnreadable):
            connection.close()
            raise
    return connection


def _attach_marts(connection: duckdb.DuckDBPyConnection, marts: Path, *, read_only: bool) -> None:
    if read_only and not marts.exists():
        return  # before the first build
    mode = "read_only" if read_only else "read_write"
    connection.execute(f"attach if not exists '{quoted(marts)}' as {BUILT_MARTS} ({mode})")
    if not read_only:
        connection.execute(f"create schema if not exists {BUILT_MARTS}.marts")
        # earlier versions kept the marts here; the next build makes them anew
        connection.execute(f"drop schema if exists {BUILD}.marts cascade")
    connection.execute(f"set search_path = '{BUILD}.main,{BUILT_MARTS}.marts'")
