"""Reads the stores file: names, regions, managers and time zones of stores, which the seller maintains.

The file is a CSV with the columns `marketplace_id` and `store_id`, and any of `store_name`, `region`, `manager` and `time_zone`.
A build reads it when its content has changed. A file with a bad line is refused as a whole; what the last good one contained
still counts.

`make stores` (`python -m include.warehouse.stores`) adds the stores that the file lacks, to be filled in.
"""

import csv
import hashlib
import io
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb

from include.warehouse import database, disk, paths, times
from include.warehouse.inputs import input_csv
from include.warehouse.inputs.input_files import InputRefused

log = logging.getLogger(__name__)

KEY = ("marketplace_id", "store_id")
COLUMNS = (*KEY, "store_name", "region", "manager", "time_zone")
LONGEST_CELL = 200


def refresh(connection: duckdb.DuckDBPyConnection) -> None:
    """Replace the rows of `ops.stores` by those of the file, if it has changed.

    An error in the file is logged and stored in `ops.stores_file`, where the audit warns of it.
    """
    file = paths.stores_file()
    if not file.exists():
        write(file, _from_earlier_versions(connection))
    content_hash = ""
    try:
        content = file.read_bytes() if file.exists() else b""
        content_hash = hashlib.sha256(content).hexdigest()
        if connection.execute("select content_hash from ops.stores_file").fetchall() == [(content_hash,)]:
            return
        rows, error = list(read(content, file, _time_zones(connection))), None
    except (InputRefused, OSError) as refusal:
        rows, error = [], str(refusal)
        log.error("The stores file was refused; the last one that could be read still counts. %s", error)
    with database.transaction(connection):
        connection.execute("delete from ops.stores_file")
        connection.execute("insert into ops.stores_file values (?, ?, ?)", [content_hash, times.now(), error])
        if error is None:
            connection.execute("delete from ops.stores")
            values = [[row.get(column) for column in COLUMNS] for row in rows]
            if values:
                connection.executemany(f"insert into ops.stores ({', '.join(COLUMNS)}) values (?, ?, ?, ?, ?, ?)", values)


def read(content: bytes, file: Path, time_zones: set[str]) -> Iterator[dict[str, str | None]]:
    """Read the lines of a stores file.

    Args:
        content: The file's content; empty for a file that does not exist.
        file: Its name in errors.
        time_zones: The names of time zones that are known.

    Yields:
        The columns that the file has, with None for empty cells.

    Raises:
        InputRefused: A line is wrong; the message has its number.
    """
    lines = input_csv.rows(io.BytesIO(content), file, lambda cells: set(KEY) <= set(cells))
    _, header = next(lines, (1, list(KEY)))
    if not set(KEY) <= set(header) <= set(COLUMNS) or len(set(header)) < len(header):
        raise InputRefused(f"{file}, line 1: the columns should be {', '.join(COLUMNS)}, each once; only the ids are required.")
    seen: dict[tuple[str, str], int] = {}
    for number, cells in lines:
        place = f"{file}, line {number}"
        if len(cells) != len(header):
            raise InputRefused(f"{place}: it has {len(cells):,} cells, and the header has {len(header):,}.")
        row = dict(zip(header, cells, strict=True))
        _check(place, row, time_zones)
        first = seen.setdefault((row["marketplace_id"], row["store_id"]), number)
        if first != number:
            raise InputRefused(f"{place}: line {first} has the same store.")
        yield {column: cell or None for column, cell in row.items()}


def _check(place: str, row: dict[str, str], time_zones: set[str]) -> None:
    for column, cell in row.items():
        if column in KEY and not cell:
            raise InputRefused(f"{place}: {column} is empty.")
        if len(cell) > LONGEST_CELL or (cell and not cell.isprintable()):
            raise InputRefused(f"{place}: {column} should be plain text of at most {LONGEST_CELL} characters.")
    if row.get("time_zone") and row["time_zone"] not in time_zones:
        raise InputRefused(f"{place}: time_zone should be the name of a time zone, such as Europe/Berlin.")


def add_missing(connection: duckdb.DuckDBPyConnection) -> int:
    """Add a line for each store of the warehouse that the file lacks; return how many were added. Other lines stay as they are.

    Raises:
        InputRefused: A line of the file is wrong.
    """
    file = paths.stores_file()
    content = file.read_bytes() if file.exists() else b""
    rows = list(read(content, file, _time_zones(connection)))
    known = {(row["marketplace_id"], row["store_id"]) for row in rows}
    found = connection.execute(f"select distinct {', '.join(KEY)} from marts.dim_store order by all").fetchall()
    missing: list[dict[str, str | None]] = [dict(zip(KEY, key, strict=True)) for key in found if key not in known and all(key)]
    write(file, [*rows, *missing] if missing else [])
    return len(missing)


def _from_earlier_versions(connection: duckdb.DuckDBPyConnection) -> list[dict[str, str | None]]:
    """Return the rows of the seed `store_time_zones`, which earlier versions had in place of the file."""
    if not database.has_table(connection, "staging.store_time_zones"):
        return []
    result = connection.execute("select marketplace_id, store_id, time_zone from staging.store_time_zones order by all")
    return [dict(zip((*KEY, "time_zone"), row, strict=True)) for row in result.fetchall()]


def write(file: Path, rows: list[dict[str, str | None]]) -> None:
    """Write a stores file with all columns, if there are rows."""
    if not rows:
        return
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    disk.write_text(file, text.getvalue())


def _time_zones(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the names of time zones that DuckDB knows."""
    return {name for (name,) in connection.execute("select name from pg_timezone_names()").fetchall()}


def main() -> None:
    """Write the stores file, or add to it, from the command line."""
    if not paths.published_database().exists():
        sys.exit(f"{paths.published_database()} does not exist yet: a run of amazon_services_warehouse makes it.")
    try:
        with database.connect(paths.published_database(), read_only=True) as connection:
            added = add_missing(connection)
    except (InputRefused, OSError) as error:
        sys.exit(str(error))
    print(f"{paths.stores_file()}: {added} stores were added. Fill in their names, regions, managers and time zones.")


if __name__ == "__main__":
    main()
