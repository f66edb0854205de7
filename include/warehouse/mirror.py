"""Brings the tables of one DuckDB file to what another holds, at the cost of what differs.

Writing a wide table of a million rows takes many seconds, nearly all of it compression; reading it to compare takes one.
So rows are compared by a hash of their whole content, and only those that differ are deleted and inserted. A table is
written anew when its columns changed, when much of it did, or when deleted rows have come to fill it.
"""

from pathlib import Path

import duckdb

# A share of a table: above it, writing it whole is as quick, and leaves no holes.
MUCH = 1 / 3


def mirror(source: duckdb.DuckDBPyConnection, copy: Path, schemas: tuple[str, ...]) -> dict[str, int]:
    """Make `copy` hold the tables of `schemas` and nothing else; returns the rows of each, `schema.table`."""
    (catalog,) = source.execute("select current_database()").fetchone()
    source.execute("set preserve_insertion_order = false")  # a table's rows have no order, and threads need not wait for one
    source.execute(f"attach '{quoted(copy)}' as mirrored")
    try:
        for schema in schemas:
            source.execute(f"create schema if not exists mirrored.{schema}")
        before, wanted = _columns(source, "mirrored", schemas), _columns(source, catalog, schemas)
        for table in before.keys() - wanted.keys():
            source.execute(f"drop table mirrored.{table}")
        for table, columns in wanted.items():
            if before.get(table) != columns or not _apply_difference(source, f"{catalog}.{table}", f"mirrored.{table}"):
                source.execute(f"create or replace table mirrored.{table} as from {catalog}.{table}")
        source.execute("checkpoint mirrored")
        return {table: _count(source, f"{catalog}.{table}") for table in wanted}
    finally:
        source.execute("detach mirrored")


def quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _columns(connection: duckdb.DuckDBPyConnection, catalog: str, schemas: tuple[str, ...]) -> dict[str, list]:
    """The names and types of each table's columns, in order."""
    return dict(
        connection.execute(
            """
            select format('{}."{}"', schema_name, table_name), list((column_name, data_type) order by column_index)
            from duckdb_columns() semi join duckdb_tables() using (database_name, schema_name, table_name)
            where database_name = ? and schema_name in ?
            group by all
            order by all
            """,
            [catalog, schemas],
        ).fetchall()
    )


def _apply_difference(connection: duckdb.DuckDBPyConnection, source: str, target: str) -> bool:
    """Delete and insert the rows that differ. False where the table is better written anew."""
    for name, table in (("wanted_rows", source), ("present_rows", target)):
        connection.execute(f"create or replace temp table {name} as select rowid as id, hash(t) as content from {table} as t")
    connection.execute("create or replace temp table added as from wanted_rows anti join present_rows using (content)")
    connection.execute("create or replace temp table gone as from present_rows anti join wanted_rows using (content)")
    added, gone, rows = (_count(connection, name) for name in ("added", "gone", "wanted_rows"))
    (places,) = connection.execute("select coalesce(max(id) + 1, 0) from present_rows").fetchone()
    if added + gone + places - _count(connection, "present_rows") > MUCH * rows:
        return False
    if gone:
        connection.execute(f"delete from {target} where rowid in (select id from gone)")
    if added:
        connection.execute(f"insert into {target} select * from {source} where rowid in (select id from added)")
    # equal rows that occur several times, or two rows with one hash, do not come out even
    return _count(connection, target) == rows


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return connection.execute(f"select count(*) from {table}").fetchone()[0]
