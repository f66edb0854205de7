"""Gives back the room that deleted rows leave in a DuckDB file: its content is copied into a new file, which takes its place.

DuckDB reuses free blocks and never returns those in the middle of a file, and what was deleted can still be read in them.
"""

import logging
from pathlib import Path

import duckdb

from include.warehouse import database

log = logging.getLogger(__name__)

# Below this share of free blocks the next hours will use them anyway.
WORTHWHILE = 0.2


def compact(file: Path, *, force: bool = False) -> tuple[int, int]:
    """Checkpoint a database file, and copy it anew where enough of it is free, or always with `force`.

    Returns its size in bytes before and after. Killed or failed, it leaves the file as it was.
    """
    with database.connect(file) as connection:
        connection.execute("checkpoint")
        before = file.stat().st_size
        used, free = connection.execute(
            "select used_blocks, free_blocks from pragma_database_size() where database_name = current_database()"
        ).fetchone()
        if force or free > WORTHWHILE * (used + free):
            (name,) = connection.execute("select current_database()").fetchone()
            copy_anew(connection, name, file, lambda new: connection.execute(f"attach '{database.quoted(new)}' as compacted"))
    after = file.stat().st_size
    log.info("%s: %.1f MB, before %.1f MB", file.name, after / 1e6, before / 1e6)
    return before, after


def copy_anew(connection: duckdb.DuckDBPyConnection, name: str, file: Path, attach) -> None:
    """Put a copy of the attached database `name` in the place of its `file`; `attach` opens a new file as `compacted`.

    The connection still holds the old file then, and should be closed.
    """
    staged = file.with_name(f".{file.name}.compacted")
    leftovers = (staged, staged.with_name(f"{staged.name}.wal"))
    try:
        for leftover in leftovers:
            leftover.unlink(missing_ok=True)
        attach(staged)
        connection.execute(f'copy from database "{name}" to compacted')
        connection.execute("detach compacted")
        staged.chmod(file.stat().st_mode)
        staged.replace(file)  # while the old one is still held, so that nobody can write into what is gone in a moment
    finally:
        for leftover in leftovers:
            leftover.unlink(missing_ok=True)
