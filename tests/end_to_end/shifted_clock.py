"""Processes whose clock is wrong, or is set while they run: libfaketime shows them another time than the machine's."""

import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from include.warehouse.paths import PROJECT_DIR

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
needs_faketime = pytest.mark.skipif(LIBRARY is None, reason="needs libfaketime (Debian's package `faketime`)")


def sleep_by_duration() -> None:
    """Make `time.sleep` of a process with a shifted clock wait for a duration.

    Python sleeps until a time of the monotonic clock. libfaketime refuses that (EINVAL) where it does not shift this clock.
    """
    if "FAKETIME_TIMESTAMP_FILE" in os.environ:
        time.sleep = lambda seconds: select.select([], [], [], seconds)


@dataclass
class ShiftedClock:
    """The clock of processes that are started with `environment`; `file` says how far it is from the machine's."""

    file: Path

    def set(self, seconds: int) -> None:
        partial = self.file.with_suffix(".partial")
        partial.write_text(f"{seconds:+d}\n")
        partial.replace(self.file)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            # as a machine's: setting the clock moves the other one
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # 1 by default in Debian: with it, threads that wait for one another's lock are seven times slower
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        }

    def start(self, *arguments: str) -> subprocess.Popen:
        """Start a module of Python."""
        return subprocess.Popen(
            [sys.executable, "-m", *arguments], cwd=PROJECT_DIR, env=os.environ | self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def run(self, *arguments: str) -> tuple[int, str]:
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=300)
        return process.returncode, output
