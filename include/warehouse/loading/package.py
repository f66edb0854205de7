"""One load package, and its transitions from one state to the next; `packages` describes its folder and its states."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pyarrow as pa
from filelock import FileLock, Timeout

from include.warehouse import disk, paths, set_aside, times
from include.warehouse.loading import package_files
from include.warehouse.loading.package_files import WINDOW, read_row
from include.warehouse.table_files import read_spool, write_spool

GONE = ".gone-"
RUNNING, COMPLETE, FAILED = "running", "complete", "failed"


class Package:
    """One attempt at a window: made by `packages.begin`, found by `packages.waiting` and `packages.loaded`.

    Args:
        folder: Its folder.
        clock: The clock of the times in its row, the same as of its observations; by default the machine's.

    Attributes:
        row: Its row of `ops.extract_windows`, as in `window.json`; times are texts.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime] | None = None) -> None:
        self.folder, self._clock = folder, clock
        self.row: dict = read_row(folder / WINDOW)
        # the lock is the process's: another thread may end what this one has begun
        self._lock = FileLock(folder / "lock", blocking=False, thread_local=False)

    def __repr__(self) -> str:
        return f"Package({self.folder.name}, {self.row['status']})"

    @property
    def key(self) -> str:
        """The key of its window."""
        return key_of(self.folder)

    @property
    def data(self) -> Path:
        """The folder of its finished tables."""
        return self.folder / "data"

    def files(self, table: str) -> list[Path]:
        """Return the Parquet files of one finished table."""
        return sorted((self.data / table).glob("*.parquet"))

    # while it is read ------------------------------------------------------------------------------------------------

    def spool(self, table: str, batch: pa.Table) -> None:
        """Write a batch to the spool, so that a later attempt need not request it again."""
        folder = self._spool / table
        folder.mkdir(parents=True, exist_ok=True)
        # with the attempt in the name, because a folder may inherit batches of other attempts
        target = folder / f"{len(list(folder.glob('*.arrow'))):06d}-{self.folder.name[-8:]}.arrow"
        partial = target.with_suffix(".partial")
        write_spool(batch, partial)
        partial.rename(target)

    def spooled(self) -> Iterator[tuple[str, pa.Table]]:
        """Read the spooled batches, also the inherited ones, each with its table."""
        for file in sorted(self._spool.glob("*/*.arrow")):
            yield file.parent.name, read_spool(file)

    def inherit(self, earlier: "Package") -> None:
        """Move the spool of an earlier attempt here. If any of it is damaged, set it aside: its tables belong together."""
        if damage := package_files.damage_of_spool(earlier._spool):
            advice = "The window is read from its beginning; nothing has to be done."
            spool = earlier._spool.rename(earlier._spool.with_name(f"{earlier.folder.name}-spool"))
            set_aside.put(set_aside.SPOOL, spool, damage, advice=advice, is_settled=True)
            return
        for file in sorted(earlier._spool.glob("*/*.arrow")):
            folder = self._spool / file.parent.name
            folder.mkdir(parents=True, exist_ok=True)
            # a process that died after the link has left the same file in both folders
            with suppress(FileExistsError):
                (folder / file.name).hardlink_to(file)
        shutil.rmtree(earlier._spool, ignore_errors=True)

    @property
    def _spool(self) -> Path:
        return self.folder / "spool"

    @property
    def has_spool(self) -> bool:
        """Whether it has spooled any batch."""
        return any(self._spool.glob("*/*.arrow"))

    def complete(self, load_id: str = "", **counts: object) -> None:
        """Hand the package over to the loader. Call it when all tables are in `data/`.

        Args:
            load_id: dlt's id of this load.
            **counts: More columns of `ops.extract_windows`.
        """
        try:
            for file in self.data.glob("*/*"):
                disk.sync(file)
            self._finish(COMPLETE, {"load_id": load_id, **counts})
        finally:
            self._lock.release()
        set_aside.settle(self.key)
        shutil.rmtree(self._spool, ignore_errors=True)

    def fail(self, error: str, **counts: object) -> None:
        """End the attempt without data. The loader records its row, and the spool stays for the next attempt.

        Args:
            error: Why the window could not be read to its end.
            **counts: More columns of `ops.extract_windows`.
        """
        shutil.rmtree(self.data, ignore_errors=True)
        try:
            self._finish(FAILED, {"error": error, **counts})
        finally:
            # also when the disk is full: the next attempt then takes it over
            self._lock.release()

    def discard(self) -> None:
        """Remove the package without a trace, because its window is not read as it is."""
        self.remove()
        self._lock.release()

    def _finish(self, status: str, values: dict) -> None:
        self.row |= values | {"status": status, "finished_at": times.now(self._clock)}
        disk.write_json(self.folder / WINDOW, self.row)

    # its lock --------------------------------------------------------------------------------------------------------

    def _acquire(self) -> bool:
        """Try to lock the package; the kernel releases the lock when this process ends, however that happens."""
        try:
            self._lock.acquire()
        except Timeout:
            return False
        return True

    def take_over(self) -> bool:
        """Lock a package whose process died: its status is `running`, and it is not locked.

        Returns:
            Whether it is locked now; then the caller has to `fail` it.
        """
        if self.row["status"] != RUNNING or not self._acquire():
            return False
        # it may have been finished between the first read and the lock
        self.row = read_row(self.folder / WINDOW)
        if self.row["status"] != RUNNING:
            self._lock.release()
        return self.row["status"] == RUNNING

    # after loading ----------------------------------------------------------------------------------------------------

    def retire(self) -> None:
        """Move a package that was loaded, so that it is not loaded again."""
        loaded_dir().mkdir(exist_ok=True)
        self.folder = self.folder.rename(loaded_dir() / self.folder.name)

    def remove(self) -> None:
        """Remove the package: for other processes in one step, by a rename. `tidy` removes what a crash leaves."""
        gone = paths.packages_dir() / f"{GONE}{self.folder.name}"
        self.folder.rename(gone)
        shutil.rmtree(gone)

    def may_interleave(self, other: "Package") -> bool:
        """Whether this package can hold an observation that is older than one of `other`, in the same history."""
        same = all(self.row[name] == other.row[name] for name in ("account", "entity"))
        return same and self.row["observed_since"] <= other.row["finished_at"]


def key_of(folder: Path) -> str:
    """Return the key of the window from the folder of a package."""
    return folder.name.lstrip(".").rpartition("-")[0]


def loaded_dir() -> Path:
    """Return the folder of packages that were loaded."""
    return paths.packages_dir() / "loaded"
