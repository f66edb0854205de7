"""Reads CSV files of users, line by line. Errors name the file and the line, and never quote their content."""

import csv
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from include.warehouse.inputs.input_files import InputRefused

DELIMITERS = (",", ";", "\t", "|")
LONGEST_LINE_BYTES = 1_000_000
UTF16 = (b"\xff\xfe", b"\xfe\xff")
# by the beginning of the message of Python's csv module
REASONS = {
    "field larger": f"a cell has more than {csv.field_size_limit():,} characters",
    "new-line": "a line ends in the middle of a cell; save the file with the line ends of Unix or Windows",
}


def rows(stream: BinaryIO, file: Path, is_header: Callable[[list[str]], bool]) -> Iterator[tuple[int, list[str]]]:
    """Read the rows that are not empty, including the header.

    Args:
        stream: The file, opened for bytes.
        file: The name of the file in errors.
        is_header: Checks the cells of the first line: the first delimiter with which it is true is used, else the comma.

    Yields:
        The number of a row's last line, and its stripped cells.

    Raises:
        InputRefused: The file is not text in UTF-8, or not CSV.
    """
    lines = _lines(stream, file)
    first = next(lines, None)
    if first is None:
        return
    delimiter = next((delimiter for delimiter in DELIMITERS if is_header(_cells(first, delimiter))), DELIMITERS[0])
    reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        reason = next(
            (text for start, text in REASONS.items() if str(error).startswith(start)), "a quote is not closed, or misplaced"
        )
        raise InputRefused(f"{file}, line {reader.line_num}: this cannot be read as CSV: {reason}.") from None


def _lines(stream: BinaryIO, file: Path) -> Iterator[str]:
    number = 0
    while raw := stream.readline(LONGEST_LINE_BYTES + 1):
        number += 1
        if len(raw) > LONGEST_LINE_BYTES:
            raise InputRefused(f"{file}, line {number}: it has more than {LONGEST_LINE_BYTES:,} bytes. Is it a table at all?")
        if b"\0" in raw or (number == 1 and raw.startswith(UTF16)):
            raise InputRefused(f"{file}, line {number}: it holds NUL bytes. Save the table as CSV in UTF-8.")
        try:
            yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise InputRefused(f"{file}, line {number}: it is not UTF-8. Save the table as CSV in UTF-8.") from None


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []
