"""How far a backfill is: on disk, so that it goes on where it was, and in words, for whoever watches it."""

import hashlib
import logging
import os
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from include.warehouse import paths
from include.warehouse.loading.windows import Window
from include.warehouse.retention import kept

log = logging.getLogger(__name__)

# what was read longer ago is read again
REMEMBERED = kept.BOOKMARKS.time


class Bookmark:
    """Which windows of a backfill have been read to their end. It is a folder, and it goes when the backfill is at its end:
    the same backfill started after that reads everything again.

    :param identity: what makes it the same backfill: its parameters and its account.
    :param asked_at: when it is asked for now; `begun_at` is when it was first asked for.
    """

    def __init__(self, identity: object, asked_at: datetime) -> None:
        self._folder = paths.backfills_dir() / hashlib.blake2b(repr(identity).encode(), digest_size=8).hexdigest()
        begun = self._folder / "begun_at"
        if begun.exists() and datetime.now(UTC) - datetime.fromtimestamp(begun.stat().st_mtime, UTC) > REMEMBERED:
            self.close()
        if not begun.exists():
            self.close()
            _write(begun, asked_at.isoformat())
        self.begun_at = datetime.fromisoformat(begun.read_text())

    def __contains__(self, window: Window) -> bool:
        return (self._folder / window.key).exists()

    def add(self, window: Window) -> None:
        _write(self._folder / window.key, str(window))

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    partial.write_text(text)
    partial.rename(file)


class Progress:
    """Windows done of all, jobs, jobs a second, time left. `show` is told every time something was done."""

    def __init__(self, windows: int, show: Callable[[str], None] = lambda text: None) -> None:
        self.windows, self.done, self.jobs = windows, 0, 0
        self._read = self._part = 0.0
        self._show, self._started = show, time.monotonic()

    def batch(self, jobs: int, part: float) -> None:
        """Some jobs of the window at hand were read; `part` of it is done, from 0 to 1."""
        self.jobs, self._part = self.jobs + jobs, part
        self._tell()

    def window(self, is_read: bool = True) -> None:
        """A window is done; or it was done before (`is_read` false), which says nothing of the speed."""
        self.done, self._read, self._part = self.done + 1, self._read + is_read, 0.0
        self._tell()

    def cut(self) -> None:
        """A window turned out to be two."""
        self.windows += 1

    def __str__(self) -> str:
        elapsed = max(time.monotonic() - self._started, 1e-3)
        read, left = self._read + self._part, self.windows - self.done - self._part
        end = f"{_duration(left * elapsed / read)} left" if read and left > 0 else f"{_duration(elapsed)} spent"
        return f"{self.done} of {self.windows} windows, {self.jobs:,} jobs, {self.jobs / elapsed:,.1f} jobs/s, {end}"

    def _tell(self) -> None:
        text = str(self)
        log.info("Progress: %s", text)
        self._show(text)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
