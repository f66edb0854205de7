"""One package: what an attempt at a window has read, in a folder of its own (`packages` says what lies in it)."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from include.warehouse import disk, paths
from include.warehouse.loading import package_files, set_aside
from include.warehouse.loading.package_files import WINDOW, read_row, read_spool, write_json, write_spool

GONE = ".gone-"
RUNNING, COMPLETE, FAILED = "running", "complete", "failed"


class Package:
    """One attempt at a window. Made by `begin`, found again by `waiting`.

    Args:
        clock: whose time its row tells: the clock that its observations go by.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime] | None = None) -> None:
        self.folder, self._clock = folder, clock
        self.row: dict = read_row(folder / WINDOW)
        self._lock: int | None = None

    def __repr__(self) -> str:
        return f"Package({self.folder.name}, {self.row['status']})"

    @property
    def key(self) -> str:
        """The key of its window, from the name of its folder."""
        return key_of(self.folder)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def files(self, table: str) -> list[Path]:
        """The finished package's Parquet files of one table."""
        return sorted((self.data / table).glob("*.parquet"))

    # while reading ---------------------------------------------------------------------------------------------------

    def spool(self, table: str, batch: pa.Table) -> None:
        """Put a batch aside, so that a later attempt need not ask for it again."""
        folder = self._spool / table
        folder.mkdir(parents=True, exist_ok=True)
        # named after this attempt, so that batches of several attempts can lie in one folder
        target = folder / f"{len(list(folder.glob('*.arrow'))):06d}-{self.folder.name[-8:]}.arrow"
        partial = target.with_suffix(".partial")
        write_spool(batch, partial)
        partial.rename(target)

    def spooled(self, table: str) -> Iterator[pa.Table]:
        for file in sorted((self._spool / table).glob("*.arrow")):
            yield read_spool(file)

    def inherit(self, earlier: "Package") -> None:
        """Take over what an attempt before has spooled, if all of it can be read: its tables belong together."""
        if damage := package_files.damage_of_spool(earlier._spool):
            advice = "The window is read from its beginning; nothing has to be done."
            spool = earlier._spool.rename(earlier._spool.with_name(f"{earlier.folder.name}-spool"))
            set_aside.put(set_aside.SPOOL, spool, damage, advice=advice, is_settled=True)
            return
        for file in sorted(earlier._spool.glob("*/*.arrow")):
            folder = self._spool / file.parent.name
            folder.mkdir(parents=True, exist_ok=True)
            # a death between the link and the removal leaves the file in both: it is the same one
            with suppress(FileExistsError):
                (folder / file.name).hardlink_to(file)
        shutil.rmtree(earlier._spool, ignore_errors=True)

    @property
    def _spool(self) -> Path:
        return self.folder / "spool"

    @property
    def has_spool(self) -> bool:
        return any(self._spool.glob("*/*.arrow"))

    def complete(self, load_id: str = "", **counts: object) -> None:
        """Everything is in `data/`: from here on the loader owns the folder. `load_id`: what dlt calls this load."""
        try:
            for directory, _, names in os.walk(self.data):
                for name in names:
                    disk.sync(Path(directory) / name)
            self._finish(COMPLETE, {"load_id": load_id, **counts})
        finally:
            self._release()
        set_aside.settle(self.key)
        shutil.rmtree(self._spool, ignore_errors=True)

    def fail(self, error: str, **counts: object) -> None:
        """The window could not be read to its end. Only its row is loaded, so that the failure is seen; the spool stays."""
        shutil.rmtree(self.data, ignore_errors=True)
        try:
            self._finish(FAILED, {"error": error, **counts})
        finally:
            # where the disk is full, the next attempt finds a package whose reader has ended
            self._release()

    def discard(self) -> None:
        """The window is not to be read as it is: as if nobody had begun."""
        self.remove()
        self._release()

    def _finish(self, status: str, values: dict) -> None:
        self.row |= values | {"status": status, "finished_at": package_files.now(self._clock)}
        write_json(self.folder / WINDOW, self.row)

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
        self.row = read_row(self.folder / WINDOW)
        if self.row["status"] != RUNNING:
            self._release()
        return self.row["status"] == RUNNING

    # after loading ----------------------------------------------------------------------------------------------------

    def retire(self) -> None:
        """Its row is in the database: nobody loads it again."""
        loaded_dir().mkdir(exist_ok=True)
        self.folder = self.folder.rename(loaded_dir() / self.folder.name)

    def remove(self) -> None:
        """Gone in one step for everybody who looks; a death in the middle leaves what `tidy` finds."""
        gone = paths.packages_dir() / f"{GONE}{self.folder.name}"
        self.folder.rename(gone)
        shutil.rmtree(gone)

    def may_interleave(self, other: "Package") -> bool:
        """Whether this one can hold an observation that is older than one of `other`, of the same history."""
        same = all(self.row[name] == other.row[name] for name in ("account", "entity"))
        return same and self.row["observed_since"] <= other.row["finished_at"]


def key_of(folder: Path) -> str:
    """The key of the window that a folder is of."""
    return folder.name.lstrip(".").rpartition("-")[0]


def loaded_dir() -> Path:
    return paths.packages_dir() / "loaded"
