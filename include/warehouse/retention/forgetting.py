"""Takes one buyer out of database files: the keyed hash that stands for him goes, and the jobs stay without a buyer."""

import json
import re
import shutil
from pathlib import Path

import duckdb

from include.warehouse import database
from include.warehouse.inputs.run_parameters import BadParameter
from include.warehouse.publishing.versions import versions
from include.warehouse.retention import compaction


def checked_key(text: str) -> str:
    """A `buyer_key` as somebody typed it, without blanks around it and in lower case.

    Raises:
        BadParameter: It is none. The text is not quoted: it may be an id.
    """
    key = text.strip().lower()
    if not re.fullmatch("[0-9a-f]{32}", key):
        raise BadParameter(
            "buyer_key should be 32 hexadecimal digits, as in the column buyer_key or as `python -m include.extract.buyer_key` "
            f"makes it of an id; what came has {len(key)} characters and is none. Nobody was forgotten."
        )
    return key


def remember(build: duckdb.DuckDBPyConnection, buyer_key: str) -> None:
    """Note that this buyer is to be forgotten also in what is read later. The note is never published."""
    build.execute("create schema if not exists audit")
    build.execute("create table if not exists audit.forgotten_buyers (buyer_key varchar primary key)")
    build.execute("insert or ignore into audit.forgotten_buyers values (?)", [buyer_key])


def forgotten(build: duckdb.DuckDBPyConnection) -> list[str]:
    try:
        return [key for (key,) in build.execute("from audit.forgotten_buyers").fetchall()]
    except duckdb.CatalogException:
        return []


def forget_in_build(build: duckdb.DuckDBPyConnection, buyer_key: str) -> dict[str, int]:
    """Returns how many rows of each table named the buyer."""
    removed = _forget(build, buyer_key)
    (removed["raw.service_jobs"],) = build.execute(
        "update raw.service_jobs set buyer = json_merge_patch(buyer, ?) where buyer ->> 'buyerKey' = ?",
        [json.dumps({"buyerKey": None}), buyer_key],
    ).fetchone()
    return removed


def forget_published(published_database: Path, buyer_key: str) -> int:
    """The same in the published file and its kept versions, each written anew and put in place by rename; returns the rows."""
    removed = 0
    for file in [published_database, *versions(published_database)]:
        if not file.exists() or not _names(file, buyer_key):
            continue
        others = [one for one in [published_database, *versions(published_database)] if one != file and one.samefile(file)]
        staged = file.with_name(f".{file.name}.forgetting")
        try:
            shutil.copyfile(file, staged)
            with database.connect(staged) as connection:
                removed += sum(_forget(connection, buyer_key).values())
            compaction.compact(staged, force=True)  # what was updated would still be in its old blocks
            staged.replace(file)
            for other in others:
                staged.hardlink_to(file)
                staged.replace(other)
        finally:
            staged.unlink(missing_ok=True)
    return removed


def _names(file: Path, buyer_key: str) -> bool:
    with database.connect(file, read_only=True) as connection:
        return any(
            connection.execute(f"from {table} where buyer_key = ?", [buyer_key]).fetchone() for table in _tables(connection)
        )


def _forget(connection: duckdb.DuckDBPyConnection, buyer_key: str) -> dict[str, int]:
    return {
        table: connection.execute(f"update {table} set buyer_key = null where buyer_key = ?", [buyer_key]).fetchone()[0]
        for table in _tables(connection)
    }


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = connection.execute("""
        select schema_name || '.' || table_name
        from duckdb_columns() semi join duckdb_tables() using (database_name, schema_name, table_name)
        where column_name = 'buyer_key' and schema_name <> 'audit'
    """).fetchall()
    return [table for (table,) in found]
