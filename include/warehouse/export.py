"""Exports the published marts as Parquet, for tools that read files: `python -m include.warehouse.export FOLDER`.

Each table becomes a folder, partitioned by month (`month=2026-11`) where the table has a date. The export is written beside its
place and then renamed into it, so a tool that lists it finds one complete export. It replaces only an earlier export, whose
files are listed in its marker.
"""

import argparse
import os
import sys
from pathlib import Path

import duckdb

from include.warehouse import database, ownership, paths
from include.warehouse.ownership import NotOurs

# the first of these columns that a table has gives the month of a row
DATES = ("service_date", "week_start_date", "hour_start_at", "slot_start_at", "created_at", "valid_from")


UNFINISHED, EXPORT = "an export that is being written", "an export"


def export(published_database: Path, folder: Path) -> list[str]:
    """Write every mart below `folder`, in place of an earlier export.

    Args:
        published_database: The file to export.
        folder: The target; its parents are created.

    Returns:
        The names of the tables.

    Raises:
        NotOurs: The folder holds anything but an earlier export; nothing was changed.
    """
    folder = Path(os.path.realpath(folder))
    _check(folder)
    staged, old = (folder.with_name(f".{folder.name}.{suffix}") for suffix in ("new", "old"))
    for leftover in (staged, old):  # of an export that was killed
        if leftover.exists() or leftover.is_symlink():
            _check(leftover)
            ownership.remove(leftover)
    staged.mkdir(parents=True)
    ownership.mark(staged, UNFINISHED)
    tables = _write(published_database, staged)
    files = [str(file.relative_to(staged)) for file in staged.rglob("*.parquet")]
    ownership.mark(staged, EXPORT, files)
    if folder.exists():
        folder.rename(old)
    staged.rename(folder)
    if old.exists():
        ownership.remove(old)
    return tables


def _check(folder: Path) -> None:
    """Refuse a folder unless it is absent, empty, or an unchanged export."""
    if folder == folder.parent or os.path.ismount(folder):
        raise NotOurs(f"{folder} cannot be replaced: it is the root of a file system. Name a folder in it.")
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise NotOurs(f"{folder} exists, and is no folder. Name another one.")
    if not folder.is_dir() or not any(folder.iterdir()) or ownership.is_marked(folder, UNFINISHED):
        return
    if not ownership.is_marked(folder, EXPORT):
        raise NotOurs(
            f"{folder} holds files, and no marker ({ownership.MARKER}) that says that an export wrote them: nothing was removed. "
            "Name a new or an empty folder; an export of an earlier version, without a marker, is yours to remove."
        )
    if others := ownership.strangers(folder):
        raise NotOurs(
            f"{folder} is an export that also holds {len(others)} other files, such as {others[0]}: nothing was removed. "
            "Move them elsewhere, or name another folder."
        )


def _write(published_database: Path, staged: Path) -> list[str]:
    with database.connect(published_database, read_only=True) as connection:
        tables = connection.execute(
            """
            select table_name, list(column_name) from duckdb_columns() where schema_name = 'marts' group by all order by all
            """
        ).fetchall()
        for table, columns in tables:
            target = database.quoted(staged / table)
            if date := next((name for name in DATES if name in columns), None):
                rows = f"select *, strftime({date}, '%Y-%m') as month from marts.{table} order by {date}"
                connection.execute(f"copy ({rows}) to '{target}' (format parquet, partition_by (month))")
            else:
                (staged / table).mkdir()
                connection.execute(f"copy marts.{table} to '{target}/data_0.parquet' (format parquet)")
    return [table for table, _ in tables]


def main() -> None:
    """Export the published marts from the command line."""
    parser = argparse.ArgumentParser(prog="python -m include.warehouse.export", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.absolute()
    if not paths.published_database().exists():
        sys.exit(f"{paths.published_database()} does not exist yet: a run of amazon_services_warehouse makes it.")
    try:
        print(f"{folder}: {', '.join(export(paths.published_database(), folder))}")
    except (NotOurs, OSError, duckdb.Error) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
