"""Reads rows of Parquet files and of tables in DuckDB files, without access to any other file.

The file is not trusted: it can hold views that read other files, damage, and values of any size. So the connection can open only
the file, its settings are locked, its memory is limited, and DuckDB's messages, which can quote values, are in no error.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from include.warehouse import database
from include.warehouse.inputs.input_files import InputRefused, opened

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "256MB",
    "threads": 1,
    "max_temp_directory_size": "0KB",
}
MOST_ROWS = 100_000
MOST_COLUMNS = 1_000
LONGEST_CELL = 200
# of one column of a Parquet file, decompressed: 1.6 times MOST_ROWS cells of LONGEST_CELL characters
LARGEST_COLUMN_BYTES = 32 * 2**20
BATCH = 1_000
TABLE = re.compile(r"\w{1,100}(\.\w{1,100})?")
NESTED = re.compile(r"STRUCT|MAP|UNION|VARIANT|BLOB|BIT|.*\]")


def parquet_rows(file: Path, columns: tuple[str, ...], optional: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Read columns of a Parquet file as texts, each truncated to `LONGEST_CELL` + 1 characters.

    Args:
        file: The file.
        columns: Columns that it must have.
        optional: Columns that it may have.

    Raises:
        InputRefused: The file is damaged, lacks a column, or a column has a nested or binary type.
    """
    # opened by its descriptor: DuckDB could take its name for a pattern
    with opened(file) as stream, _refusing(file, "a Parquet file"):
        path = f"/proc/self/fd/{stream.fileno()}"
        with duckdb.connect(config=SETTINGS) as connection:
            connection.execute(f"set timezone = 'UTC'; set enable_progress_bar = false; set allowed_paths = ['{path}']")
            database.shut_in(connection)
            _check_size(connection, path, file, (*columns, *optional))
            yield from _rows(connection, f"read_parquet('{path}')", file, columns, optional)


def duckdb_rows(file: Path, table: str, columns: tuple[str, ...], optional: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Read columns of a table in a DuckDB file, as `parquet_rows` does.

    Raises:
        InputRefused: As in `parquet_rows`; also if there is no such table, or another process writes the file.
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
    """Check the column names of a table.

    Raises:
        InputRefused: A column is missing or duplicate, or there are more than `MOST_COLUMNS`.
    """
    if len(header) > MOST_COLUMNS:
        raise InputRefused(f"{file} has {len(header):,} columns; at most {MOST_COLUMNS:,} are read.")
    if missing := [name for name in columns if name not in header]:
        raise InputRefused(
            f"{file} should be one with the columns {', '.join(columns)}, but is one without {', '.join(missing)}."
        )
    if duplicates := [name for name in columns if header.count(name) > 1]:
        raise InputRefused(f"{file} has the column {', '.join(duplicates)} more than once.")


def _check_size(connection: duckdb.DuckDBPyConnection, path: str, file: Path, columns: tuple[str, ...]) -> None:
    """Refuse a file that would not fit into memory: DuckDB decompresses a whole page of a Parquet file at once."""
    ((largest,),) = connection.execute(
        "select max(total_uncompressed_size) from parquet_metadata(?) where path_in_schema in ?", [path, list(columns)]
    ).fetchall()
    if (largest or 0) > LARGEST_COLUMN_BYTES:
        raise InputRefused(f"{file} takes more memory than a table of writes may: it holds values that are too large.")


def _rows(
    connection: duckdb.DuckDBPyConnection, source: str, file: Path, columns: tuple[str, ...], optional: tuple[str, ...]
) -> Iterator[dict[str, str]]:
    described = connection.execute(f"select column_name, column_type from (describe from {source})").fetchall()
    check_header(file, [name for name, _ in described], columns)
    types = dict(described)
    names = [name for name in (*columns, *optional) if name in types]
    for name in names:
        if NESTED.match(types[name]):
            raise InputRefused(
                f"{file}, column {name}: should hold texts, numbers or times, but its type is a nested or a binary one."
            )
    texts = ", ".join(f"""left(coalesce(trim(cast("{name}" as varchar)), ''), {LONGEST_CELL + 1})""" for name in names)
    cursor = connection.execute(f"select {texts} from {source} limit {MOST_ROWS + 1}")
    while batch := cursor.fetchmany(BATCH):
        yield from (dict(zip(names, row, strict=True)) for row in batch)


@contextmanager
def _refusing(file: Path, expected: str) -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise InputRefused(f"{file} takes more memory than a table of writes may: it holds values that are too large.") from None
    except duckdb.CatalogException:
        raise InputRefused(f"{file} should be {expected}, one that DuckDB can read, but there is no such table in it.") from None
    except duckdb.Error as error:
        is_locked = isinstance(error, duckdb.IOException) and "lock" in str(error)
        reason = "another process writes it" if is_locked else "it is damaged, of another kind, or reads other files"
        raise InputRefused(f"{file} should be {expected}, one that DuckDB can read, but {reason}.") from None
