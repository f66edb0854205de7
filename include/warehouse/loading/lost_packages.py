"""Sets aside packages that cannot be read. Their windows count as failed, and the next run reads them again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from include.warehouse import paths, set_aside
from include.warehouse.loading.package import key_of, loaded_dir
from include.warehouse.loading.package_files import unreadable_in
from include.warehouse.loading.windows import IDS, JOBS, Window


def put_aside(folder: Path, damage: str, row: dict | None) -> None:
    """Set a package aside.

    Args:
        folder: The folder of the package.
        damage: What cannot be read in it.
        row: The row of its attempt; None if it cannot be read.
    """
    if folder.parent == loaded_dir():
        advice = "It was loaded before; nothing has to be done."
        set_aside.put(set_aside.PACKAGE, folder, damage, advice=advice, is_settled=True)
        return
    if row is None:
        advice = (
            "Its window is unknown: find the run that read a window from the time in its name, "
            "and clear that run, or run a backfill of the range."
        )
    elif row["entity"] != JOBS:
        advice = "The next run reads the future anew; nothing has to be done."
    elif row["filter"] == IDS:
        advice = f"The run {row['run_id']} named the jobs: run it again."
    else:
        advice = "The next run of amazon_services_jobs reads its window again; nothing has to be done."
        for bookmark in paths.backfills_dir().glob(f"*/{key_of(folder)}"):
            bookmark.unlink(missing_ok=True)
    # a snapshot of the past cannot be read again
    is_settled = row is not None and row["entity"] != JOBS
    set_aside.put(set_aside.PACKAGE, folder, damage, advice=advice, window=row, is_settled=is_settled)


def listed() -> Iterator[set_aside.SetAside]:
    """List everything that was set aside; `window` is None where the note has no readable row."""
    for item in set_aside.listed():
        yield replace(item, window=None) if unreadable_in(item.window) else item


def to_read_again(account: str) -> list[Window]:
    """Return the windows of jobs that an account lost with packages that were set aside, the oldest first."""
    rows = [
        item.window for item in listed()
        if item.kind == set_aside.PACKAGE and item.window and not item.is_settled
        and item.window["account"] == account and item.window["entity"] == JOBS and item.window["filter"] != IDS
    ]  # fmt: skip
    windows = {
        Window(
            account, row["marketplace_id"], JOBS, row["mode"], row["filter"],
            datetime.fromisoformat(row["window_start"]), datetime.fromisoformat(row["window_end"]),
        )
        for row in rows
    }  # fmt: skip
    return sorted(windows, key=lambda window: (window.start, window.end, window.marketplace_id))
