"""Reads the files of the journal of writes. The write of an unreadable file may have been carried out."""

import json
from pathlib import Path

from include.warehouse import schema
from include.warehouse.times import is_time


class WriteUnreadable(Exception):
    """A file of the journal cannot be read; its write may have been carried out."""

    def __init__(self, file: Path) -> None:
        self.file = file
        super().__init__(
            f"{file} cannot be read, so it is unknown whether this write was sent, and it is not sent again. Look in Seller "
            "Central whether it was carried out. If it was, mark the task as successful; if it was not, remove the file and run "
            "the task again."
        )


def read(file: Path, outcomes: tuple[str, ...]) -> dict:
    """Read one attempt at a write.

    Args:
        file: A file of the journal.
        outcomes: All outcomes of attempts.

    Raises:
        WriteUnreadable: The file is empty, is not JSON, or does not hold an attempt.
    """
    try:
        row = json.loads(file.read_bytes())
    except ValueError:
        row = None
    if not isinstance(row, dict) or not _is_attempt(row, outcomes):
        raise WriteUnreadable(file)
    return row


def _is_attempt(row: dict, outcomes: tuple[str, ...]) -> bool:
    columns = schema.OPS_TABLES["api_writes"]
    is_typed = all(isinstance(row.get(name), str | None) for name in columns)
    times = [row[name] for name in columns if columns[name] == "TIMESTAMPTZ" and row.get(name) is not None]
    return bool(
        is_typed and row.get("write_id") and row.get("operation") and row.get("outcome") in outcomes and all(map(is_time, times))
    )
