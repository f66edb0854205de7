"""Removes what is past its term (`kept`): rows about how the pipeline ran, and files that it left. Every day, safe to repeat.

It runs beside extractions: what a living process holds or still adds to is left alone.
"""

import fcntl
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from include.warehouse import database, ownership, paths, schema
from include.warehouse.retention import kept
from include.warehouse.retention.kept import Term
from include.warehouse.retention.retention import record

_LAST_AUDIT = "run_id = (select max_by(run_id, validated_at) from ops.quality_results)"
_SHOWN_BUILD = "(select max(loaded_until) from ops.builds where run_id in (select publication_id from ops.publications))"
# table, what of it is past the term that began `$before`
_ROWS: dict[Term, tuple[str, str]] = {
    kept.PASSED_RULES: ("ops.quality_results", f"is_success and validated_at < $before and not {_LAST_AUDIT}"),
    kept.BROKEN_RULES: ("ops.quality_results", f"not is_success and validated_at < $before and not {_LAST_AUDIT}"),
    kept.BUILDS: ("ops.builds", f"coalesce(loaded_until, '-infinity') < least($before::timestamptz, {_SHOWN_BUILD})"),
    kept.PUBLICATIONS: (
        "ops.publications", "published_at < $before and published_at < (select max(published_at) from ops.publications)",
    ),
    kept.REMOVALS: ("ops.removals", "removed_at < $before"),
}  # fmt: skip


def clear(run_id: str, now: datetime | None = None) -> dict[str, int]:
    """Remove everything that is past its term, and note it in `ops.removals`.

    Args:
        run_id: The run that asks for it, as it is noted.
        now: The time that terms end at; the present by default.

    Returns:
        How many rows of each table and files of each folder were removed.
    """
    now = now or datetime.now(UTC)
    removed = {term.where.replace("`", ""): _clear_files(files, now - term.time) for term, files in _files().items()}
    with database.connect() as build:
        schema.ensure(build)
        with database.transaction(build):
            removed |= _clear_tables(build, now)
            record(build, run_id, "age", removed)
    return removed


def _clear_tables(build: duckdb.DuckDBPyConnection, now: datetime) -> dict[str, int]:
    removed: dict[str, int] = {}
    for term, (table, is_past) in _ROWS.items():
        (count,) = build.execute(f"delete from {table} where {is_past}", {"before": now - term.time}).fetchone()
        removed[table] = removed.get(table, 0) + count
    return removed


def _files() -> dict[Term, list[Path]]:
    """What each term speaks of: files, or folders that go as one."""
    warehouse, packages, writes = paths.warehouse_dir(), paths.packages_dir(), paths.writes_dir()
    target = paths.dbt_target_dir()
    return {
        kept.HIDDEN_PACKAGES: [folder for folder in packages.glob(".*") if folder.is_dir() and not _is_held(folder)],
        kept.SET_ASIDE_PACKAGES: list(paths.set_aside_packages_dir().glob("*")),
        kept.SET_ASIDE_WRITES: list(paths.set_aside_writes_dir().glob("*")),
        kept.REPORTS: list((writes / "reports").glob("*")),
        kept.SCORECARDS: [file for file in (warehouse / "reports").glob("*") if file.name != "scorecard.html"],
        kept.BOOKMARKS: list(paths.backfills_dir().glob("*")),
        kept.DBT_LOGS: list(paths.dbt_log_dir().glob("*")),
        kept.DBT_CODE: [file for name in ("run", "compiled") for file in (target / name).rglob("*") if file.is_file()],
    }


def _clear_files(files: list[Path], before: datetime) -> int:
    removed = 0
    for file in files:
        if max(_changed(file), default=before.timestamp()) < before.timestamp():
            ownership.remove(file)
            removed += 1
    return removed


def _changed(file: Path) -> Iterator[float]:
    """When a file, or anything in a folder, was last written."""
    for one in (file, *file.rglob("*")):
        try:
            yield one.stat().st_mtime
        except FileNotFoundError:  # its owner has just removed it
            continue


def _is_held(package: Path) -> bool:
    """Whether a living process has the package's lock."""
    try:
        descriptor = os.open(package / "lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
