"""Rows of Parquet files and of tables of DuckDB files, read by DuckDB with no way to any other file.

A file that somebody brings can hold views that read other files, damage, and values of any size: a connection reaches nothing but
the file, takes no settings any more, keeps little in memory, and its words, which can quote values, are in no error.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from include.warehouse import database
from include.warehouse.inputs.input_files import InputRefused, opened

SETTINGS = {"memory_limit": "256MB", "threads": 1, "max_temp_directory_size": "0KB"}
MOST_ROWS = 100_000
MOST_COLUMNS = 1_000
LONGEST_CELL = 200
# of a column of a Parquet file, unpacked: some times what the most rows of the longest cells take
LARGEST_COLUMN_BYTES = 32 * 2**20
BATCH = 1_000
TABLE = re.compile(r"\w{1,100}(\.\w{1,100})?")
NESTED = re.compile(r"STRUCT|MAP|UNION|VARIANT|BLOB|BIT|.*\]")


def parquet_rows(file: Path, columns: tuple[str, ...], optional: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Read the wanted columns of a Parquet file as texts, each cut behind `LONGEST_CELL` characters.

    Raises:
        InputRefused: It is damaged, lacks a column, or a column holds no simple values.
    """
    # by its descriptor: a name may hold what DuckDB takes for a pattern
    with opened(file) as stream, _refusing(file, "a Parquet file"):
        path = f"/proc/self/fd/{stream.fileno()}"
        with duckdb.connect(config=SETTINGS) as connection:
            connection.execute(f"set timezone = 'UTC'; set enable_progress_bar = false; set allowed_paths = ['{path}']")
            database.shut_in(connection)
            _check_size(connection, path, file, (*columns, *optional))
            yield from _rows(connection, f"read_parquet('{path}')", file, columns, optional)


def duckdb_rows(file: Path, table: str, columns: tuple[str, ...], optional: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Read the same of a table of a DuckDB file.

    Raises:
        InputRefused: As `parquet_rows`; also, there is no such table, or another process writes the file.
    """
    if not isinstance(table, str) or not TABLE.fullmatch(table):
        raise InputRefused("`table` should name a table of the DuckDB file as schema.table.")
    source = ".".join(f'"{part}"' for part in table.split("."))
    with _refusing(file, f"a DuckDB file with the table {table}"):
        settings = SETTINGS | {"enable_external_access": "false"}
        with duckdb.connect(os.fspath(file), read_only=True, config=settings) as connection:
            connection.execute("set timezone = 'UTC'; set enable_progress_bar = false")
            database.shut_in(connection)
            yield from _rows(connection, source, file, columns, optional)


def check_header(file: Path, header: list[str], columns: tuple[str, ...]) -> None:
    """Refuse a table by the names of its columns.

    Raises:
        InputRefused: One is missing or stands there twice, or there are too many.
    """
    if len(header) > MOST_COLUMNS:
        raise InputRefused(f"{file} has {len(header):,} columns; at most {MOST_COLUMNS:,} are read.")
    if missing := [name for name in columns if name not in header]:
        raise InputRefused(
            f"{file} should be one with the columns {', '.join(columns)}, but is one without {', '.join(missing)}."
        )
    if twice := [name for name in columns if header.count(name) > 1]:
        raise InputRefused(f"{file} has the column {', '.join(twice)} more than once.")


def _check_size(connection: duckdb.DuckDBPyConnection, path: str, file: Path, columns: tuple[str, ...]) -> None:
    """Refuse what would not fit into memory: DuckDB unpacks a page of a Parquet file whole."""
    (largest,) = connection.execute(
        "select max(total_uncompressed_size) from parquet_metadata(?) where path_in_schema in ?", [path, list(columns)]
    ).fetchone()
    if (largest or 0) > LARGEST_COLUMN_BYTES:
        raise InputRefused(f"{file} takes more memory than a table of writes may: it holds values that are too large.")


def _rows(
    connection: duckdb.DuckDBPyConnection, source: str, file: Path, columns: tuple[str, ...], optional: tuple[str, ...]
) -> Iterator[dict[str, str]]:
    described = connection.execute(f"select column_name, column_type from (describe from {source})").fetchall()
    check_header(file, [name for name, _ in described], columns)
    types = dict(described)
    wanted = [name for name in (*columns, *optional) if name in types]
    for name in wanted:
        if NESTED.match(types[name]):
            raise InputRefused(
                f"{file}, column {name}: should hold texts, numbers or times, but its type is a nested or a binary one."
            )
    texts = ", ".join(f"""left(coalesce(trim(cast("{name}" as varchar)), ''), {LONGEST_CELL + 1})""" for name in wanted)
    found = connection.execute(f"select {texts} from {source} limit {MOST_ROWS + 1}")
    while batch := found.fetchmany(BATCH):
        yield from (dict(zip(wanted, row, strict=True)) for row in batch)


@contextmanager
def _refusing(file: Path, what: str) -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise InputRefused(f"{file} takes more memory than a table of writes may: it holds values that are too large.") from None
    except duckdb.CatalogException:
        raise InputRefused(f"{file} should be {what}, one that DuckDB can read, but there is no such table in it.") from None
    except duckdb.Error as error:
        is_held = isinstance(error, duckdb.IOException) and "lock" in str(error)
        reason = "another process writes it" if is_held else "it is damaged, of another kind, or reads other files"
        raise InputRefused(f"{file} should be {what}, one that DuckDB can read, but {reason}.") from None
