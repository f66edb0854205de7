"""Removes the keyed hash of one buyer from database files; the buyer's jobs stay, without a buyer."""

import json
import re
import shutil
from pathlib import Path

import duckdb

from include.warehouse import compaction, database
from include.warehouse.inputs.run_parameters import BadParameter
from include.warehouse.publishing.versions import versions


def checked_key(text: str) -> str:
    """Check a `buyer_key` that a user typed, and return it stripped and in lower case.

    Raises:
        BadParameter: It is not a key. The message does not quote it: it may be an id.
    """
    key = text.strip().lower()
    if not re.fullmatch("[0-9a-f]{32}", key):
        raise BadParameter(
            "buyer_key should be 32 hexadecimal digits, as in the column buyer_key or as `python -m include.extract.buyer_key` "
            f"makes it from an id. The given text has {len(key)} characters and is no such key. Nothing was removed."
        )
    return key


def remember(build: duckdb.DuckDBPyConnection, buyer_key: str) -> None:
    """Note that the buyer is removed from later loads too. The note is never published."""
    build.execute("create schema if not exists audit")
    build.execute("create table if not exists audit.forgotten_buyers (buyer_key varchar primary key)")
    build.execute("insert or ignore into audit.forgotten_buyers values (?)", [buyer_key])


def forgotten(build: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the keys of all buyers that were removed."""
    try:
        return [key for (key,) in build.execute("from audit.forgotten_buyers").fetchall()]
    except duckdb.CatalogException:
        return []


def forget_in_build(build: duckdb.DuckDBPyConnection, buyer_key: str) -> dict[str, int]:
    """Remove the buyer from the build database; return how many rows of each table held the key."""
    removed = _forget(build, buyer_key)
    removed["raw.service_jobs"] = database.scalar(
        build,
        "update raw.service_jobs set buyer = json_merge_patch(buyer, ?) where buyer ->> 'buyerKey' = ?",
        [json.dumps({"buyerKey": None}), buyer_key],
    )
    return removed


def forget_published(published_database: Path, buyer_key: str) -> int:
    """Replace the published file and its kept versions by copies without the buyer; return how many rows held the key."""
    removed = 0
    files = [file for file in (published_database, *versions(published_database)) if file.exists()]
    for file in files:
        if not _has(file, buyer_key):
            continue
        links = [link for link in files if link != file and link.samefile(file)]
        with compaction.staged_file(file, "forgetting") as staged:
            shutil.copyfile(file, staged)
            with database.connect(staged) as connection:
                removed += sum(_forget(connection, buyer_key).values())
            compaction.compact(staged, force=True)  # free blocks still hold the old rows
            staged.replace(file)
            for link in links:
                staged.hardlink_to(file)
                staged.replace(link)
    return removed


def _has(file: Path, buyer_key: str) -> bool:
    with database.connect(file, read_only=True) as connection:
        return any(
            connection.execute(f"from {table} where buyer_key = ?", [buyer_key]).fetchone() for table in _tables(connection)
        )


def _forget(connection: duckdb.DuckDBPyConnection, buyer_key: str) -> dict[str, int]:
    return {
        table: database.scalar(connection, f"update {table} set buyer_key = null where buyer_key = ?", [buyer_key])
        for table in _tables(connection)
    }


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = connection.execute("""
        select schema_name || '.' || table_name
        from duckdb_columns() semi join duckdb_tables() using (database_name, schema_name, table_name)
        where column_name = 'buyer_key' and schema_name <> 'audit'
    """).fetchall()
    return [table for (table,) in found]
