"""The published marts as Parquet, for tools that prefer files: `python -m include.warehouse.export FOLDER`.

One folder a table, partitioned by month (`month=2026-11`) where the table has a date to go by. The folder is written beside
its place and then renamed into it, so a tool that lists it finds one whole export or another.
"""

import argparse
import shutil
from pathlib import Path

from include.warehouse import database, paths

# The first of these that a table has says which month a row belongs to.
DATES = ("service_date", "week_start_date", "hour_start_at", "slot_start_at", "created_at", "valid_from")


def export(published_database: Path, folder: Path) -> list[str]:
    """Write every mart below `folder`, in place of an earlier export; returns their names."""
    staged, old = (folder.with_name(f".{folder.name}.{suffix}") for suffix in ("new", "old"))
    for leftover in (staged, old):
        shutil.rmtree(leftover, ignore_errors=True)
    staged.mkdir(parents=True)
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
    if folder.exists():
        folder.rename(old)
    staged.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return [table for table, _ in tables]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m include.warehouse.export", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.absolute()
    print(f"{folder}: {', '.join(export(paths.published_database(), folder))}")


if __name__ == "__main__":
    main()
