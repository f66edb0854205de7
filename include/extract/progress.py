"""How far a backfill has come: on disk, so that it can resume, and as a text for the log and Airflow's UI."""

import hashlib
import logging
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime

from include.warehouse import disk, paths
from include.warehouse.loading.windows import Window
from include.warehouse.retention import kept

log = logging.getLogger(__name__)

# older bookmarks are ignored
REMEMBERED = kept.BOOKMARKS.time


class Bookmark:
    """The windows of a backfill that were read, as files of a folder. `begun_at` is when the backfill was first requested.

    The folder is removed when the backfill is complete: the same backfill started later reads everything again.
    """

    def __init__(self, identity: object, asked_at: datetime) -> None:
        self._folder = paths.backfills_dir() / hashlib.blake2b(repr(identity).encode(), digest_size=8).hexdigest()
        begun = self._folder / "begun_at"
        if begun.exists() and datetime.now(UTC) - datetime.fromtimestamp(begun.stat().st_mtime, UTC) > REMEMBERED:
            self.close()
        if not begun.exists():
            self.close()
            disk.write_text(begun, asked_at.isoformat())
        self.begun_at = datetime.fromisoformat(begun.read_text())

    def __contains__(self, window: Window) -> bool:
        return (self._folder / window.key).exists()

    def add(self, window: Window) -> None:
        """Note that a window was read."""
        disk.write_text(self._folder / window.key, str(window))

    def close(self) -> None:
        """Forget the backfill."""
        shutil.rmtree(self._folder, ignore_errors=True)


class Progress:
    """Windows done, jobs, jobs per second, time left. `show` is called with it as a text after every batch and window."""

    def __init__(self, windows: int, show: Callable[[str], None] = lambda text: None) -> None:
        self.windows, self.done, self.jobs = windows, 0, 0
        self._read = self._part = 0.0
        self._show, self._started = show, time.monotonic()

    def batch(self, jobs: int, part: float) -> None:
        """Add jobs of the current window, of which `part` is done, from 0 to 1."""
        self.jobs, self._part = self.jobs + jobs, part
        self._report()

    def window(self, is_read: bool = True) -> None:
        """Add a window; with `is_read` false it was read by an earlier run, and does not count for the speed."""
        self.done, self._read, self._part = self.done + 1, self._read + is_read, 0.0
        self._report()

    def halved(self) -> None:
        """Count one window as two."""
        self.windows += 1

    def __str__(self) -> str:
        elapsed = max(time.monotonic() - self._started, 1e-3)
        read, left = self._read + self._part, self.windows - self.done - self._part
        end = f"{_duration(left * elapsed / read)} left" if read and left > 0 else f"{_duration(elapsed)} spent"
        return f"{self.done} of {self.windows} windows, {self.jobs:,} jobs, {self.jobs / elapsed:,.1f} jobs/s, {end}"

    def _report(self) -> None:
        text = str(self)
        log.info("Progress: %s", text)
        self._show(text)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
