"""Removes what is past its term (`kept`): rows about runs of the pipeline, and files that it left. Runs daily, safe to repeat.

It runs beside extractions, and leaves alone what a living process locks or still writes.
"""

from collections.abc import Iterator
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from include.warehouse import database, ownership, paths, schema
from include.warehouse.retention import kept
from include.warehouse.retention.kept import Term
from include.warehouse.retention.retention import record

_LAST_AUDIT = "run_id = (select max_by(run_id, validated_at) from ops.quality_results)"
_SHOWN_BUILD = "(select max(loaded_until) from ops.builds where run_id in (select publication_id from ops.publications))"
# by term: the table, and the condition for rows that are older than `$before`
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
    """Remove everything that is past its term, and record it in `ops.removals`.

    Args:
        run_id: The run that is recorded.
        now: When terms end; the present by default.

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
        count = database.scalar(build, f"delete from {table} where {is_past}", {"before": now - term.time})
        removed[table] = removed.get(table, 0) + count
    return removed


def _files() -> dict[Term, list[Path]]:
    """Return the files of each term, or folders that are removed as a whole."""
    warehouse, packages, writes = paths.warehouse_dir(), paths.packages_dir(), paths.writes_dir()
    target = paths.dbt_target_dir()
    return {
        kept.HIDDEN_PACKAGES: [folder for folder in packages.glob(".*") if folder.is_dir() and not _is_held(folder)],
        kept.SET_ASIDE_PACKAGES: list(paths.set_aside_packages_dir().glob("*")),
        kept.SET_ASIDE_WRITES: list(paths.set_aside_writes_dir().glob("*")),
        kept.REPORTS: list((writes / "reports").glob("*")),
        kept.SCORECARDS: [file for file in (warehouse / "reports").glob("*") if file.name not in kept.STAYING_REPORTS],
        kept.CALENDARS: paths.calendar_files(),
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
    """Yield when a file, or the files in a folder, were last written."""
    for entry in (file, *file.rglob("*")):
        try:
            yield entry.stat().st_mtime
        except FileNotFoundError:  # its owner removed it meanwhile
            continue


def _is_held(package: Path) -> bool:
    """Whether a living process holds the package's lock."""
    lock = package / "lock"
    try:
        with suppress(FileNotFoundError), FileLock(lock, blocking=False) if lock.exists() else nullcontext():
            return False  # also if the package was removed meanwhile
    except Timeout:
        return True
    return False
