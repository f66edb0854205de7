"""Explains why a DuckDB file of the warehouse cannot be opened or read, and what to do about it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from include.warehouse import paths

# a pattern in DuckDB's error, what it means, and whether the content of the file is wrong
_MEANINGS = (
    (r"No space left on device|Disk quota exceeded|File too large", "the disk is full", False),
    (r"Permission denied|Operation not permitted|Read-only file system", "this user may not read or write it", False),
    (r"version number", "it was written by a newer version of DuckDB than the one that is installed here", False),
    (r"not a valid DuckDB database file|sqlite_scanner|Is a directory", "it is not a DuckDB file", True),
    (r"is not encrypted", "it is not encrypted, and should be", True),
    (r"Could not read enough bytes", "it is cut off: its end is missing", True),
    (r"WAL file", "its log, the file beside it that ends in .wal, is damaged", True),
    (r"[Cc]orrupt|checksum|AES tag", "it is damaged, or somebody has changed it: what it holds does not fit its checksums", True),
)
_REMEDIES = {
    "the disk is full": "Make room on the disk, then run the task again.",
    "this user may not read or write it": "Give the file and its folder to the user who runs Airflow, then run the task again.",
    "it was written by a newer version of DuckDB than the one that is installed here": (
        "Install what this version of the project needs (`make setup`), or go back to the code that wrote the file."
    ),
}


class WarehouseUnreadable(Exception):
    """A database file cannot be read, for another reason than a lock."""


@contextmanager
def named(file: Path) -> Iterator[None]:
    """Turn DuckDB's errors that mean that `file` cannot be read into one that names it; other errors pass unchanged.

    Raises:
        WarehouseUnreadable: The file cannot be read; the message says why, and what to do.
    """
    try:
        yield
    except duckdb.Error as error:
        for pattern, meaning, is_content in _MEANINGS:
            if re.search(pattern, str(error)):
                remedy = _restored(file) if is_content else _REMEDIES[meaning]
                raise WarehouseUnreadable(f"{file} cannot be read: {meaning}. {remedy} DuckDB said: {error}") from error
        raise


def _restored(file: Path) -> str:
    """Say how to restore a file whose content is lost."""
    build = paths.build_database()
    if file == paths.built_marts(build):
        return "Move it away: the next build makes all marts anew."
    if file == paths.published_database():
        return "Publish again, or go back to a kept version with `python -m include.warehouse.rollback`."
    if file == paths.restricted_database():
        return "Put back a copy of it; without one move it away, and contacts of jobs that are read from now on are kept anew."
    if file == build:
        return (
            f"Put back copies of it and of {paths.built_marts(build).name} that were made together. Without one move both away: "
            "a backfill reads from Amazon what Amazon still shows, but not the history."
        )
    return "Put back a copy of it."
