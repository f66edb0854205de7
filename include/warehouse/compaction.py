"""Compacts a DuckDB file: copies its content into a new file, which replaces it.

DuckDB reuses free blocks, but never returns those in the middle of a file, and deleted rows can still be read in them.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from include.warehouse import database

log = logging.getLogger(__name__)

# the share of free blocks below which the next hours will use them anyway
WORTHWHILE = 0.2


def compact(file: Path, *, force: bool = False) -> tuple[int, int]:
    """Checkpoint a database file, and copy it anew when enough of it is free. A failure leaves the file as it was.

    Args:
        file: A database file that nobody else has open.
        force: Copy it anyway.

    Returns:
        Its size in bytes before and after.
    """
    with database.connect(file) as connection:
        connection.execute("checkpoint")
        before = file.stat().st_size
        share = "free_blocks > ? * (used_blocks + free_blocks)"
        size = "from pragma_database_size() where database_name = current_database()"
        if force or database.scalar(connection, f"select {share} {size}", [WORTHWHILE]):
            name = database.scalar(connection, "select current_database()")
            copy_anew(connection, name, file, lambda new: connection.execute(f"attach '{database.quoted(new)}' as compacted"))
    after = file.stat().st_size
    log.info("%s: %.1f MB, before %.1f MB", file.name, after / 1e6, before / 1e6)
    return before, after


def copy_anew(connection: duckdb.DuckDBPyConnection, name: str, file: Path, attach: Callable[[Path], object]) -> None:
    """Replace the file of an attached database with a copy. The connection still holds the old file, and should be closed.

    Args:
        connection: The connection to which the database is attached.
        name: The name of the attached database.
        file: Its file.
        attach: Attaches a new file, its argument, as `compacted`.
    """
    with staged_file(file, "compacted") as staged:
        attach(staged)
        connection.execute(f'copy from database "{name}" to compacted')
        connection.execute("detach compacted")
        staged.chmod(file.stat().st_mode)
        staged.replace(file)  # while the old file is still locked, so that no other process writes into it


@contextmanager
def staged_file(file: Path, suffix: str) -> Iterator[Path]:
    """Yield the path of a new version of a database file, beside it so that it can be renamed, and remove what is left of it."""
    staged = file.with_name(f".{file.name}.{suffix}")
    leftovers = (staged, staged.with_name(f"{staged.name}.wal"))
    for leftover in leftovers:  # of a process that was killed
        leftover.unlink(missing_ok=True)
    try:
        yield staged
    finally:
        for leftover in leftovers:
            leftover.unlink(missing_ok=True)
