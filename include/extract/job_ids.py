"""Reads job ids from a file: one per line, or a CSV report of Seller Central whose header names the id column."""

from collections.abc import Iterator
from pathlib import Path

from include.warehouse.inputs import input_csv, input_files
from include.warehouse.inputs.input_files import InputRefused

# headers of the id column in Seller Central's Manage Jobs report, compared without case, spaces and punctuation
HEADERS = ("servicejobid", "jobid", "serviceid", "id")
LONGEST_ID = 100
MOST_IDS = 1_000_000


def of_file(file: object) -> list[str]:
    """Read the distinct ids of a file in an input folder (`include.warehouse.inputs.input_files`), in the file's order.

    Raises:
        InputRefused: The file cannot be read, or holds no ids.
    """
    ids: dict[str, None] = {}
    real = input_files.checked(file)
    for job_id in _ids(real):
        ids[job_id] = None
        if len(ids) > MOST_IDS:
            raise InputRefused(f"{real} names more than {MOST_IDS:,} jobs; split it into several files.")
    if not ids:
        raise _no_ids(real)
    return list(ids)


def _ids(real: Path) -> Iterator[str]:
    with input_files.opened(real) as stream:
        rows = input_csv.rows(stream, real, lambda cells: _column(cells) is not None)
        line, first = next(rows, (1, []))
        column = _column(first)
        if column is None:
            # no header: every line is an id
            if len(first) == 1:
                yield _id(real, line, first[0])
            for line, cells in rows:
                if len(cells) != 1 or len(first) != 1:
                    raise _no_ids(real)
                yield _id(real, line, cells[0])
            return
        for line, cells in rows:
            if len(cells) > column and cells[column]:
                yield _id(real, line, cells[column])


def _column(cells: list[str]) -> int | None:
    names = ["".join(filter(str.isalnum, cell)).lower() for cell in cells]
    return next((names.index(header) for header in HEADERS if header in names), None)


def _id(real: Path, line: int, text: str) -> str:
    if len(text) > LONGEST_ID or " " in text or not text.isprintable():
        raise InputRefused(
            f"{real}, line {line}: holds no job ids there; an id is a text of at most {LONGEST_ID} characters without blanks."
        )
    return text


def _no_ids(real: Path) -> InputRefused:
    return InputRefused(f"{real} holds no job ids: neither a column headed `Service Job ID` nor one id a line.")
