"""Packages that cannot be read: each is set aside, its window counts as failed, and the next run reads it again."""

from datetime import datetime
from pathlib import Path

from include.warehouse import paths
from include.warehouse.loading import set_aside
from include.warehouse.loading.package import key_of, loaded_dir
from include.warehouse.loading.windows import IDS, JOBS, Window


def put_aside(folder: Path, damage: str, row: dict | None) -> None:
    """Set a package aside; its window then counts as failed, and is read again.

    Args:
        folder: The folder of the package.
        damage: What cannot be read in it.
        row: The row of its attempt, where it is known.
    """
    if folder.parent == loaded_dir():
        advice = "What it held is in the warehouse; nothing has to be done."
        set_aside.put(set_aside.PACKAGE, folder, damage, advice=advice, is_settled=True)
        return
    if row is None:
        advice = (
            "It does not say which window it held: find the run that read one from the time in its name, "
            "and clear that run, or run a backfill of the range."
        )
    elif row["entity"] != JOBS:
        advice = "The next run reads what lies ahead anew; nothing has to be done."
    elif row["filter"] == IDS:
        advice = f"The jobs were named by the run {row['run_id']}: run that again."
    else:
        advice = "The next run of amazon_services_jobs reads its window again; nothing has to be done."
        for bookmark in paths.backfills_dir().glob(f"*/{key_of(folder)}"):
            bookmark.unlink(missing_ok=True)
    # what lies ahead has no past that could be read again
    set_aside.put(
        set_aside.PACKAGE, folder, damage, advice=advice, window=row, is_settled=row is not None and row["entity"] != JOBS
    )


def to_read_again(account: str) -> list[Window]:
    """The windows of jobs that an account has lost with packages that were set aside, the oldest first."""
    rows = [
        one.window for one in set_aside.listed()
        if one.kind == set_aside.PACKAGE and one.window and not one.is_settled
        and one.window["account"] == account and one.window["entity"] == JOBS and one.window["filter"] != IDS
    ]  # fmt: skip
    windows = {
        Window(
            account, row["marketplace_id"], JOBS, row["mode"], row["filter"],
            datetime.fromisoformat(row["window_start"]), datetime.fromisoformat(row["window_end"]),
        )
        for row in rows
    }  # fmt: skip
    return sorted(windows, key=lambda window: (window.start, window.end, window.marketplace_id))
