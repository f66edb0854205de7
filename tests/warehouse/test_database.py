"""The build and its marts: two files that are opened as one, and one file of which nobody gets half."""

import subprocess
import sys

import duckdb
import pytest

from include.warehouse import database, paths

HOLDER = "import sys, duckdb; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


def test_the_marts_go_by_their_name_and_are_beside_the_build(warehouse):
    with database.connect() as connection:
        connection.execute("create table marts.dim_store as select 'S1' as store_id")
        connection.execute("create table seen as from marts.dim_store")
    with database.connect(read_only=True) as connection:
        assert connection.execute("from marts.dim_store").fetchall() == [("S1",)]
    with duckdb.connect(str(paths.built_marts(paths.build_database())), read_only=True) as connection:
        assert connection.execute("select schema_name, table_name from duckdb_tables()").fetchall() == [("marts", "dim_store")]


def test_marts_of_an_older_database_give_way(warehouse):
    with duckdb.connect(str(paths.build_database())) as connection:
        connection.execute("create schema marts; create table marts.dim_store as select 'old' as store_id")
    with database.connect() as connection:
        assert connection.execute("from duckdb_tables()").fetchall() == []


def test_a_build_that_was_never_made_can_be_read(warehouse):
    duckdb.connect(str(paths.build_database())).close()
    with database.connect(read_only=True) as connection, pytest.raises(duckdb.CatalogException):
        connection.execute("from marts.dim_store")


@pytest.mark.parametrize("name", ["build.duckdb", "built_marts.duckdb"])
def test_who_holds_either_file_is_named(warehouse, monkeypatch, name):
    monkeypatch.setattr(database, "LOCK_TIMEOUT_SECONDS", 0.1)
    with database.connect():
        pass
    command = [sys.executable, "-c", HOLDER, str(warehouse / name)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(database.WarehouseLocked, match=rf"{name}.*PID {holder.pid}"):
            database.connect()
        holder.stdin.close()
    database.connect().close()
