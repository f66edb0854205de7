"""Tables that people bring (CSV, Parquet, a table of a DuckDB file) and reports that they get back (CSV).

A table is read whole, or refused with the file, the line and the column; what stands in its cells is in no error.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from include.services_api.errors import InvalidParameter
from include.warehouse import paths
from include.warehouse.inputs import input_csv, input_files
from include.warehouse.inputs.input_files import InputRefused
from include.writes.table_files import LONGEST_CELL, MOST_ROWS, check_header, duckdb_rows, parquet_rows

CSV_SUFFIXES = ("", ".csv", ".tsv", ".txt")
# what a spreadsheet program would compute, here or in a report
FORMULA = re.compile(r"[=+@]|-(?!\d)")


@dataclass(frozen=True)
class Row:
    """One row of a table. `place`: where it stands, such as `line 3`; `cells`: texts by column, empty where nothing is."""

    file: Path
    place: str
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")

    def read(self, column: str, reader: Callable[[str, str], object], expected: str) -> object:
        """A cell as `reader` makes it of a column's name and text.

        Raises:
            InvalidParameter: It cannot be read; names the cell and what is expected, and does not quote it.
        """
        try:
            return reader(column, self[column])
        except (InvalidParameter, OverflowError):
            raise self.refuse(column, expected) from None

    def refuse(self, column: str, expected: str) -> InvalidParameter:
        found = f"a text of {len(self.get(column)):,} characters" if self.get(column) else "empty"
        return InvalidParameter(
            f"{self.file}, {self.place}, column {column}: should be {expected}, but is {found}. Nothing was sent."
        )


def read(file: str, columns: tuple[str, ...], optional: tuple[str, ...] = (), table: str | None = None) -> list[Row]:
    """Read the rows of a file in a folder for input (see `include.warehouse.inputs`); columns of other names are left out.

    Args:
        file: The path of a CSV (also with semicolons or tabs), Parquet or DuckDB file.
        columns: Those that it must have.
        optional: Those that it may have.
        table: For a DuckDB file, `schema.table` in it.

    Raises:
        InvalidParameter: There is no such file or table, it lacks a column, has no rows, or holds what is no plain text.
    """
    try:
        rows = []
        for row in _rows(file, columns, optional, table):
            if len(rows) == MOST_ROWS:
                raise InputRefused(f"{row.file} has more than {MOST_ROWS:,} rows: divide it into several tables.")
            for column in row.cells:
                _check(row, column)
            rows.append(row)
        if not rows:
            raise InputRefused(f"{input_files.shown(file)} holds no rows.")
    except InputRefused as error:
        raise InvalidParameter(f"{error} Nothing was sent.") from None
    return rows


def _rows(file: str, columns: tuple[str, ...], optional: tuple[str, ...], table: str | None) -> Iterator[Row]:
    real = input_files.checked(file)
    suffix = real.suffix.lower()
    if table or suffix == ".parquet":
        found = duckdb_rows(real, table, columns, optional) if table else parquet_rows(real, columns, optional)
        for number, cells in enumerate(found, start=1):
            yield Row(real, f"row {number}", cells)
    elif suffix in CSV_SUFFIXES:
        yield from _csv_rows(real, columns, optional)
    else:
        raise InputRefused(
            f"{real} is none of the files that are read: .csv (or .tsv, .txt), .parquet, or a DuckDB file together with `table`."
        )


def _csv_rows(real: Path, columns: tuple[str, ...], optional: tuple[str, ...]) -> Iterator[Row]:
    with input_files.opened(real) as stream:
        rows = input_csv.rows(stream, real, lambda cells: set(columns) <= set(cells))
        line, header = next(rows, (1, []))
        check_header(real, header, columns)
        wanted = {name: header.index(name) for name in (*columns, *optional) if name in header}
        for line, cells in rows:
            if len(cells) < len(header) or any(cells[len(header) :]):
                raise InputRefused(f"{real}, line {line}: it has {len(cells):,} cells, and the header has {len(header):,}.")
            yield Row(real, f"line {line}", {name: cells[place] for name, place in wanted.items()})


def _check(row: Row, column: str) -> None:
    text = row[column]
    if len(text) > LONGEST_CELL:
        raise row.refuse(column, f"at most {LONGEST_CELL:,} characters long")
    if not text.isprintable():
        raise row.refuse(column, "plain text, without control characters or line ends")
    if FORMULA.match(text):
        raise row.refuse(column, "a value, and no formula")


def write_report(name: str, rows: Iterable[dict]) -> Path:
    """A CSV beside the journal, in one step; the same name replaces it."""
    file = paths.writes_dir() / "reports" / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', name)}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = list(rows)
    partial = file.with_suffix(".partial")
    with partial.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]) if rows else ["nothing"])
        writer.writeheader()
        writer.writerows(rows)
    partial.rename(file)
    return file
