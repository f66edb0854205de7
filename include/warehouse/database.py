"""The one way to open a DuckDB file of the warehouse.

DuckDB lets one process at a time write a file. Inside Airflow the pool `services_warehouse_writer` keeps the order;
a person with a shell open on `build.duckdb` is outside of it, and gets named here instead of failing the hour's run at once.

The marts of the build are in a file of their own, so that publishing them is copying it. It is attached wherever the build
is opened, and its tables go by their usual names, `marts.fct_appointments`. One transaction writes to one of the two files.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from include.warehouse import paths, unreadable

LOCK_PATIENCE_SECONDS = 60
LOCKED = "Could not set lock on file"
BUILD = "build"  # as DuckDB calls the database in build.duckdb
BUILT_MARTS = "built_marts"


class WarehouseLocked(Exception):
    """Another process holds the database file."""


def connect(database: Path | None = None, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database file of the warehouse (default: the pipeline's own, with its marts) in UTC.

    :raises WarehouseLocked: another process still holds the file after `LOCK_PATIENCE_SECONDS`.
    :raises WarehouseUnreadable: the file is damaged, no database, of a newer DuckDB, not for this user, or the disk is full.
    """
    database = database or paths.build_database()
    give_up_at = time.monotonic() + LOCK_PATIENCE_SECONDS
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
    """Commit what the block does, or roll all of it back when anything fails. The error that is raised is the first one.

    After a commit that failed no transaction is left, and to roll back would be an error of its own.
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
    """Take away a connection's ways to other files, extensions and Python's variables, and the change of settings.

    Connections of one process to the same file share their settings: the next one to open it could not set its own. So this is
    for a process that opens a file once, and for queries that somebody else wrote.
    """
    connection.execute("set python_enable_replacements = false")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def quoted(path: Path) -> str:
    """A path as the inside of an SQL string."""
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
        return  # nothing was ever built
    mode = "read_only" if read_only else "read_write"
    connection.execute(f"attach if not exists '{quoted(marts)}' as {BUILT_MARTS} ({mode})")
    if not read_only:
        connection.execute(f"create schema if not exists {BUILT_MARTS}.marts")
        # where the marts were before they had a file of their own; the next build makes them anew
        connection.execute(f"drop schema if exists {BUILD}.marts cascade")
    connection.execute(f"set search_path = '{BUILD}.main,{BUILT_MARTS}.marts'")
