"""Publishes: writes `marts` and `ops` into a new file, checks it and renames it over the file that readers open.

Writing a wide table of a million rows takes many seconds, most of them for compression, while a copy of a file is as fast as the
disk. So dbt builds the marts in a file of their own, the new version starts as a copy of that file, and `ops` is added.

A reader keeps the file that it opened until it opens it again, so it never sees a lock, an error or a partial version. A
publication that fails or is killed before the rename leaves the last good version in place.
"""

import logging
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from include.warehouse import compaction, database, disk, paths, schema
from include.warehouse.building.freshness import AS_OF
from include.warehouse.publishing import front_page
from include.warehouse.publishing.versions import drop_others, keep
from include.warehouse.upgrades import stored_database

log = logging.getLogger(__name__)


class PublishFailed(Exception):
    """The new version could not be written or failed its check; the last good version stays published."""


@dataclass(frozen=True)
class Publication:
    """A row of `ops.publications`.

    Attributes:
        as_of: The oldest of all accounts and marketplaces; None before the first complete window.
        bytes: The size of the file before its row of `ops.publications` was added.
        seconds: How long the publication took until the file was written, before its check.
    """

    publication_id: str
    published_at: datetime
    as_of: datetime | None
    tables: int
    rows: int
    bytes: int
    seconds: float


def publish(build_database: Path, published_database: Path, *, run_id: str) -> Publication:
    """Publish the schemas `marts` and `ops` of a build. A repeated run replaces its publication.

    Args:
        build_database: The build; its marts are in the file beside it.
        published_database: The file that readers open, replaced by rename.
        run_id: The id of the publication.

    Raises:
        PublishFailed: The disk is full, or the new file is not what was built; the last good version stays published.
    """
    started = time.monotonic()
    published_database.parent.mkdir(parents=True, exist_ok=True)
    with database.connect(build_database) as build, _staged_file(published_database) as staged:
        schema.ensure(build)
        publication = _write(build, paths.built_marts(build_database), staged, run_id, started)
        disk.sync(staged)
        staged.replace(published_database)
        disk.sync(published_database.parent)
        database.insert(build, "ops.publications", [asdict(publication)])
        has_old_versions = stored_database.has_old_versions(build)
    keep(published_database, publication.published_at)
    if has_old_versions:
        drop_others(published_database)
        with database.connect(build_database) as build:
            stored_database.note_versions_dropped(build)
    front_page.write(
        published_database.parent,
        f"{publication.rows} rows in {publication.tables} tables of {published_database.name}, published "
        f"{publication.published_at:%Y-%m-%d %H:%M} UTC; all jobs are known up to {publication.as_of or 'no time yet'}.",
        dbt_docs=paths.dbt_target_dir() / "static_index.html",
    )
    log.info("Published %s: %s", published_database, publication)
    return publication


def _write(build: duckdb.DuckDBPyConnection, marts: Path, staged: Path, run_id: str, started: float) -> Publication:
    """Write the new file and check it; `started` is when the publication began."""
    published_at = datetime.now(UTC)
    _write_freshness(build, published_at)
    # the row of an earlier attempt of the same run
    build.execute("delete from ops.publications where publication_id = ?", [run_id])
    rows = _count_rows(build)
    _copy_marts(build, marts, staged)
    _add_ops(build, [table for table in rows if table.startswith("ops.")], staged)
    publication = Publication(
        publication_id=run_id,
        published_at=published_at,
        as_of=database.scalar(build, "select min(as_of) from ops.freshness where entity = 'jobs'"),
        tables=len(rows),
        rows=sum(rows.values()),
        bytes=staged.stat().st_size,
        seconds=round(time.monotonic() - started, 3),
    )
    with duckdb.connect(str(staged)) as new:
        database.insert(new, "ops.publications", [asdict(publication)])
    _check(staged, rows)
    return publication


@contextmanager
def _staged_file(published_database: Path) -> Iterator[Path]:
    """Yield the path of the new file, as `compaction.staged_file` does.

    Raises:
        PublishFailed: The block raised an error of DuckDB or of the file system.
    """
    try:
        with compaction.staged_file(published_database, "new") as staged:
            yield staged
    except (duckdb.Error, OSError) as error:
        raise PublishFailed(
            f"Publishing {published_database} failed: {error}. The last good version stays published. "
            "If the disk is full, make room in the warehouse folder and run the task again."
        ) from error


def _count_rows(build: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Count the rows of each published table, `schema.table`."""
    tables = build.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where schema_name in ('marts', 'ops') order by all"
    ).fetchall()
    return {table: database.scalar(build, f"select count(*) from {table}") for (table,) in tables}


def _copy_marts(build: duckdb.DuckDBPyConnection, marts: Path, staged: Path) -> None:
    """Copy the file of the marts, detached. All writers lock the build first, so its lock protects the copy."""
    build.execute(f"checkpoint {database.BUILT_MARTS}")  # so that the copy has the rows of its log
    build.execute(f"set search_path = '{database.BUILD}.main'")
    build.execute(f"detach {database.BUILT_MARTS}")
    shutil.copyfile(marts, staged)


def _add_ops(build: duckdb.DuckDBPyConnection, tables: list[str], staged: Path) -> None:
    build.execute(f"attach '{database.quoted(staged)}' as staged")
    try:
        build.execute("create schema staged.ops")
        for table in tables:
            build.execute(f"create table staged.{table} as from {table}")
    finally:
        build.execute("detach staged")


def _write_freshness(build: duckdb.DuckDBPyConnection, published_at: datetime) -> None:
    with database.transaction(build):
        build.execute("delete from ops.freshness")
        build.execute(
            f"""
            insert into ops.freshness by name
            select account, marketplace_id, entity, as_of, date_diff('second', as_of, ?) / 60 as minutes_behind, watermark
            from ({AS_OF}) left join ops.watermarks using (account, marketplace_id, entity)
            """,
            [published_at],
        )


def _check(staged: Path, rows: dict[str, int]) -> None:
    """Open the new file as a reader does, and compare the number of rows of each table."""
    expected = rows | {"ops.publications": rows["ops.publications"] + 1}
    with duckdb.connect(str(staged), read_only=True) as reader:
        for table, count in expected.items():
            found = database.scalar(reader, f"select count(*) from {table}")
            if found != count:
                raise PublishFailed(f"{table} should have {count} rows, but the new file has {found}.")
