"""Publishing: `marts` and `ops` become a new file, which is checked and then renamed over the one that readers open.

Writing a wide table of a million rows takes many seconds, nearly all of it compression; copying a file takes hardly more
than the disk does. So the marts are built in a file of their own, of which the new version is a copy, and `ops` is added.

A reader keeps the file that it opened until it opens again, so it never sees a lock, an error or half a version. Until
the rename nothing that a reader can see has changed; a publication that is killed or fails leaves the last good version.
"""

import logging
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from include.warehouse import database, disk, paths, schema
from include.warehouse.building.freshness import AS_OF
from include.warehouse.publishing import front_page
from include.warehouse.publishing.versions import drop_others, keep
from include.warehouse.upgrades import stored_database

log = logging.getLogger(__name__)


class PublishFailed(Exception):
    """The new version could not be written or did not pass its check; the last good version stays."""


@dataclass(frozen=True)
class Publication:
    """A row of `ops.publications`: `as_of` is the oldest of all accounts and marketplaces, None before any complete window;
    `bytes` is the file's size when its tables were complete."""

    publication_id: str
    published_at: datetime
    as_of: datetime | None
    tables: int
    rows: int
    bytes: int
    seconds: float


def publish(build_database: Path, published_database: Path, *, run_id: str) -> Publication:
    """Publish `build_database`'s marts and ops as `published_database`; repeating a run repeats its publication.

    :raises PublishFailed: disk full, or the new file is not what was built; nothing is left behind.
    """
    published_database.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with database.connect(build_database) as build, _staged_file(published_database) as staged:
        schema.ensure(build)
        published_at = datetime.now(UTC)
        _write_freshness(build, published_at)
        _forget(build, run_id)
        rows = _count_rows(build)
        _copy_marts(build, paths.built_marts(build_database), staged)
        _add_ops(build, [table for table in rows if table.startswith("ops.")], staged)
        publication = Publication(
            publication_id=run_id,
            published_at=published_at,
            as_of=_oldest_as_of(build),
            tables=len(rows),
            rows=sum(rows.values()),
            bytes=staged.stat().st_size,
            seconds=round(time.monotonic() - started, 3),
        )
        with duckdb.connect(str(staged)) as new:
            _record(new, publication)
        _check(staged, rows)
        disk.sync(staged)
        staged.replace(published_database)
        disk.sync(published_database.parent)
        _record(build, publication)
        has_old_versions = stored_database.has_old_versions(build)
    keep(published_database, published_at)
    if has_old_versions:
        drop_others(published_database)
        with database.connect(build_database) as build:
            stored_database.note_versions_dropped(build)
    front_page.write(
        published_database.parent,
        f"{publication.rows} rows in {publication.tables} tables of {published_database.name}, "
        f"published {published_at:%Y-%m-%d %H:%M} UTC; all jobs are known up to {publication.as_of or 'no time yet'}.",
        dbt_docs=paths.dbt_target_dir() / "static_index.html",
    )
    log.info("Published %s: %s", published_database, publication)
    return publication


@contextmanager
def _staged_file(published_database: Path) -> Iterator[Path]:
    """Where the new file is made: in the same folder, so that a rename can put it in place."""
    staged = published_database.with_name(f".{published_database.name}.new")
    leftovers = (staged, staged.with_name(f"{staged.name}.wal"))
    for leftover in leftovers:  # of a killed publication
        leftover.unlink(missing_ok=True)
    try:
        yield staged
    except (duckdb.Error, OSError) as error:
        raise PublishFailed(
            f"Publishing {published_database} failed: {error}. The last good version stays published. "
            "If the disk is full, make room in the warehouse folder and run the task again."
        ) from error
    finally:
        for leftover in leftovers:
            leftover.unlink(missing_ok=True)


def _count_rows(build: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The rows of each table that is published, `schema.table`."""
    tables = build.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where schema_name in ('marts', 'ops') order by all"
    ).fetchall()
    return {table: build.execute(f"select count(*) from {table}").fetchone()[0] for (table,) in tables}


def _copy_marts(build: duckdb.DuckDBPyConnection, marts: Path, staged: Path) -> None:
    """Copy the file while the build is held, which all who write go by; its own lock would go with the copy's last byte."""
    build.execute(f"checkpoint {database.BUILT_MARTS}")  # what is in its log would be missing
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


def _oldest_as_of(build: duckdb.DuckDBPyConnection) -> datetime | None:
    return build.execute("select min(as_of) from ops.freshness where entity = 'jobs'").fetchone()[0]


def _forget(build: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Drop the row of an earlier attempt of the same run."""
    build.execute("delete from ops.publications where publication_id = ?", [run_id])


def _record(connection: duckdb.DuckDBPyConnection, publication: Publication) -> None:
    connection.execute(
        """
        insert into ops.publications (publication_id, published_at, as_of, tables, rows, bytes, seconds)
        values (?, ?, ?, ?, ?, ?, ?)
        """,
        astuple(publication),
    )


def _check(staged: Path, rows: dict[str, int]) -> None:
    """Open the new file as a reader would, and count what is in it."""
    expected = rows | {"ops.publications": rows["ops.publications"] + 1}
    with duckdb.connect(str(staged), read_only=True) as reader:
        for table, count in expected.items():
            (found,) = reader.execute(f"select count(*) from {table}").fetchone()
            if found != count:
                raise PublishFailed(f"{table} should have {count} rows, but the file to be published has {found} of them.")
