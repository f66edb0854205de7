"""Packages: what one attempt at a window has read, on disk, before anybody has loaded it.

An extraction takes no lock on the warehouse. It fills a folder of its own, and the loader (one at a time) folds finished
folders into `build.duckdb`::

    packages/<window key>-<random>/
        window.json    the attempt's row of ops.extract_windows; its `status` says how far it came
        lock           held (flock) by the process that reads the window; a free lock and `running` mean it died
        spool/         Arrow batches as they were read, so that another attempt can go on from them
        data/          the finished load package: one folder of Parquet files a table

`window.json` turns `complete` only after everything in `data/` is on disk, so a package counts whole or not at all.
"""

import fcntl
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from include.warehouse import paths
from include.warehouse.windows import Window

GONE = ".gone-"
RUNNING, COMPLETE, FAILED = "running", "complete", "failed"
INTERRUPTED = "the process that read this window ended before it had finished; nothing of it was loaded"


class WindowBusy(Exception):
    """Another living process reads the same window right now."""


class Package:
    """One attempt at a window. Made by `begin`, found again by `waiting`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.row: dict = _read(folder)
        self._lock: int | None = None

    def __repr__(self) -> str:
        return f"Package({self.folder.name}, {self.row['status']})"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def files(self, table: str) -> list[Path]:
        """The finished package's Parquet files of one table."""
        return sorted((self.data / table).glob("*.parquet"))

    # while reading ---------------------------------------------------------------------------------------------------

    def spool(self, table: str, batch: pa.Table) -> None:
        """Put a batch aside, so that a later attempt need not ask for it again."""
        folder = self.folder / "spool" / table
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{len(list(folder.glob('*.parquet'))):06d}.parquet"
        pq.write_table(batch, partial := target.with_suffix(".partial"))
        partial.rename(target)

    def spooled(self, table: str) -> Iterator[pa.Table]:
        for file in sorted((self.folder / "spool" / table).glob("*.parquet")):
            yield pq.read_table(file)

    def complete(self, **counts: object) -> None:
        """Everything is in `data/`: from here on the loader owns the folder."""
        for directory, _, names in os.walk(self.data):
            for name in names:
                _sync(Path(directory) / name)
        shutil.rmtree(self.folder / "spool", ignore_errors=True)
        self._finish(COMPLETE, counts)

    def fail(self, error: str, **counts: object) -> None:
        """The window could not be read to its end. Only its row is loaded, so that the failure is seen."""
        self._finish(FAILED, {"error": error, **counts})

    def _finish(self, status: str, values: dict) -> None:
        self.row |= values | {"status": status, "finished_at": _now()}
        _write(self.folder, self.row)
        self._release()

    # who has it ------------------------------------------------------------------------------------------------------

    def _acquire(self) -> bool:
        """Take the folder's lock; it goes by itself when this process ends, however that happens."""
        self._lock = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            self._release()
            return False

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def take_over(self) -> bool:
        """Whether its reader died: it says `running`, and nobody holds its lock. Then the lock is the caller's, who ends it."""
        if self.row["status"] != RUNNING or not self._acquire():
            return False
        # it may have been finished between the first look and the lock
        self.row = _read(self.folder)
        if self.row["status"] != RUNNING:
            self._release()
        return self.row["status"] == RUNNING

    def remove(self) -> None:
        """Gone in one step for everybody who looks; a death in the middle leaves what `sweep` finds."""
        gone = self.folder.with_name(f"{GONE}{self.folder.name}")
        self.folder.rename(gone)
        shutil.rmtree(gone)


def begin(window: Window, run_id: str) -> Package:
    """Start an attempt at a window; it inherits what an attempt that died has already read.

    :raises WindowBusy: a living process reads this very window.
    """
    paths.packages_dir().mkdir(exist_ok=True)
    inherited: list[Package] = []
    for earlier in waiting(window.key):
        if earlier.take_over():
            inherited.append(earlier)
        elif earlier.row["status"] == RUNNING:
            raise WindowBusy(f"{window} is being read by another process; this one has nothing to do.")
    folder = paths.packages_dir() / f"{window.key}-{uuid.uuid4().hex[:8]}"
    # hidden until it is whole and locked: nobody shall take it for one whose reader died
    hidden = folder.with_name(f".{folder.name}")
    hidden.mkdir()
    identity = {name: value for name, value in asdict(window).items() if name not in ("start", "end")}
    bounds = {"window_start": window.start.isoformat(), "window_end": window.end.isoformat()}
    _write(hidden, {**identity, **bounds, "status": RUNNING, "started_at": _now(), "run_id": run_id})
    package = Package(hidden)
    package._acquire()
    package.folder = hidden.rename(folder)
    for earlier in inherited:
        _inherit(package, earlier)
    return package


def _inherit(package: Package, earlier: Package) -> None:
    for table in sorted((earlier.folder / "spool").glob("*")):
        for batch in earlier.spooled(table.name):
            package.spool(table.name, batch)
    earlier.fail(INTERRUPTED)


def waiting(key: str = "") -> list[Package]:
    """The packages on disk, the oldest window and the first attempt first; with `key`, those of one window."""
    found = []
    for file in paths.packages_dir().glob(f"{key}*/window.json"):
        # hidden ones are being made or removed; one that goes meanwhile was somebody else's to load
        with suppress(FileNotFoundError):
            found += [] if file.parent.name.startswith(".") else [Package(file.parent)]
    return sorted(found, key=lambda package: (package.row["window_start"], package.row["started_at"]))


def sweep() -> None:
    """Remove what a removal that died has left."""
    for leftover in paths.packages_dir().glob(f"{GONE}*"):
        shutil.rmtree(leftover)


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _read(folder: Path) -> dict:
    return json.loads((folder / "window.json").read_text())


def _write(folder: Path, row: dict) -> None:
    partial = folder / "window.json.partial"
    partial.write_text(json.dumps(row, indent=1))
    _sync(partial)
    partial.rename(folder / "window.json")


def _sync(file: Path) -> None:
    with file.open("rb") as handle:
        os.fsync(handle.fileno())
