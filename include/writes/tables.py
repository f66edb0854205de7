"""Input tables (CSV, Parquet, a table in a DuckDB file) and reports (CSV).

A table with one bad cell is refused as a whole, with file, line and column; errors do not quote the content of cells.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from include.services_api.errors import InvalidParameter
from include.warehouse import disk, paths
from include.warehouse.inputs import input_csv, input_files
from include.warehouse.inputs.input_files import InputRefused
from include.writes.table_files import LONGEST_CELL, MOST_ROWS, check_header, duckdb_rows, parquet_rows

T = TypeVar("T")
CSV_SUFFIXES = ("", ".csv", ".tsv", ".txt")
# what a spreadsheet program would evaluate, here or in a report
FORMULA = re.compile(r"[=+@]|-(?!\d)")


@dataclass(frozen=True)
class Row:
    """One row of a table. `place`: its position, such as `line 3`; `cells`: texts by column, empty for missing values."""

    file: Path
    place: str
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """Return a cell, or an empty text if the table lacks the column."""
        return self.cells.get(column, "")

    def read(self, column: str, reader: Callable[[str, str], T], expected: str) -> T:
        """Convert a cell by `reader`, which is called with the name of the column and the text.

        Raises:
            InvalidParameter: `reader` refuses the text; the message says what is expected.
        """
        try:
            return reader(column, self[column])
        except (InvalidParameter, OverflowError):
            raise self.refuse(column, expected) from None

    def refuse(self, column: str, expected: str) -> InvalidParameter:
        """Return the error for a cell; it does not quote the cell."""
        found = f"a text of {len(self[column]):,} characters" if self[column] else "empty"
        return InvalidParameter(
            f"{self.file}, {self.place}, column {column}: should be {expected}, but is {found}. Nothing was sent."
        )


def read(file: str, columns: tuple[str, ...], optional: tuple[str, ...] = (), table: str | None = None) -> list[Row]:
    """Read the rows of a file in a folder for input (see `include.warehouse.inputs`), without columns of other names.

    Args:
        file: The path of a CSV (also with semicolons or tabs), Parquet or DuckDB file.
        columns: Columns that it must have.
        optional: Columns that it may have.
        table: For a DuckDB file, `schema.table` in it.

    Raises:
        InvalidParameter: There is no such file or table, it lacks a column, has no rows, or a cell that is no plain text.
    """
    rows: list[Row] = []
    try:
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
    path = input_files.checked(file)
    suffix = path.suffix.lower()
    if table or suffix == ".parquet":
        rows = duckdb_rows(path, table, columns, optional) if table else parquet_rows(path, columns, optional)
        for number, cells in enumerate(rows, start=1):
            yield Row(path, f"row {number}", cells)
    elif suffix in CSV_SUFFIXES:
        yield from _csv_rows(path, columns, optional)
    else:
        raise InputRefused(
            f"{path} is none of the files that are read: .csv (or .tsv, .txt), .parquet, or a DuckDB file together with `table`."
        )


def _csv_rows(path: Path, columns: tuple[str, ...], optional: tuple[str, ...]) -> Iterator[Row]:
    with input_files.opened(path) as stream:
        rows = input_csv.rows(stream, path, lambda cells: set(columns) <= set(cells))
        line, header = next(rows, (1, []))
        check_header(path, header, columns)
        places = {name: header.index(name) for name in (*columns, *optional) if name in header}
        for line, cells in rows:
            if len(cells) < len(header) or any(cells[len(header) :]):
                raise InputRefused(f"{path}, line {line}: it has {len(cells):,} cells, and the header has {len(header):,}.")
            yield Row(path, f"line {line}", {name: cells[place] for name, place in places.items()})


def _check(row: Row, column: str) -> None:
    text = row[column]
    if len(text) > LONGEST_CELL:
        raise row.refuse(column, f"at most {LONGEST_CELL:,} characters long")
    if not text.isprintable():
        raise row.refuse(column, "plain text, without control characters or line ends")
    if FORMULA.match(text):
        raise row.refuse(column, "a value, and no formula")


def write_report(name: str, rows: Iterable[dict]) -> Path:
    """Write a CSV into `reports/` of the journal in one step; replaces a report of the same name."""
    file = paths.writes_dir() / "reports" / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', name)}.csv"
    rows, content = list(rows), io.StringIO()
    writer = csv.DictWriter(content, list(rows[0]) if rows else ["nothing"])
    writer.writeheader()
    writer.writerows(rows)
    disk.write_text(file, content.getvalue())
    return file
