"""Packages: what one attempt at a window has read, on disk, before anybody has loaded it.

An extraction takes no lock on the warehouse. It fills a folder of its own, and the loader (one at a time) folds finished
folders into `build.duckdb`::

    packages/<window key>-<random>/
        window.json    the attempt's row of ops.extract_windows; its `status` says how far it came
        lock           held (flock) by the process that reads the window; a free lock and `running` mean it died
        spool/         Arrow batches as they were read, so that another attempt can go on from them
        minimized      its files keep to the rule of `include.privacy.minimization`, see `stored_files`
        data/          the finished load package: one folder of Parquet files a table
    packages/loaded/   folders whose row is in the database and that are still good for something, see `tidy`

`window.json` turns `complete` only after everything in `data/` is on disk, so a package counts whole or not at all.
"""

import fcntl
import json
import logging
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from include.warehouse import kept, paths, stored_files
from include.warehouse.windows import Window

log = logging.getLogger(__name__)

GONE = ".gone-"
# how long an attempt that failed keeps what it has read for the next one
SPOOL_KEPT = kept.SPOOLS.time
RUNNING, COMPLETE, FAILED = "running", "complete", "failed"
INTERRUPTED = "the process that read this window ended before it had finished; nothing of it was loaded"


class WindowBusy(Exception):
    """Another living process reads the same window right now."""


class Package:
    """One attempt at a window. Made by `begin`, found again by `waiting`.

    Args:
        clock: whose time its row tells: the clock that its observations go by.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime] | None = None) -> None:
        self.folder, self._clock = folder, clock
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
        folder = self._spool / table
        folder.mkdir(parents=True, exist_ok=True)
        # named after this attempt, so that batches of several attempts can lie in one folder
        target = folder / f"{len(list(folder.glob('*.arrow'))):06d}-{self.folder.name[-8:]}.arrow"
        partial = target.with_suffix(".partial")
        write_spool(batch, partial)
        partial.rename(target)

    def spooled(self, table: str) -> Iterator[pa.Table]:
        for file in sorted((self._spool / table).glob("*.arrow")):
            try:
                batch = read_spool(file)
            except (OSError, pa.ArrowException) as error:
                log.warning("%s: %s of an attempt before cannot be read (%s); it is asked for again", self, file.name, error)
                file.unlink()
                continue
            yield batch

    def inherit(self, earlier: "Package") -> None:
        """Take over what an attempt before has put aside."""
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
        for directory, _, names in os.walk(self.data):
            for name in names:
                _sync(Path(directory) / name)
        self._finish(COMPLETE, {"load_id": load_id, **counts})
        shutil.rmtree(self._spool, ignore_errors=True)

    def fail(self, error: str, **counts: object) -> None:
        """The window could not be read to its end. Only its row is loaded, so that the failure is seen; the spool stays."""
        shutil.rmtree(self.data, ignore_errors=True)
        self._finish(FAILED, {"error": error, **counts})

    def discard(self) -> None:
        """The window is not to be read as it is: as if nobody had begun."""
        self.remove()
        self._release()

    def _finish(self, status: str, values: dict) -> None:
        self.row |= values | {"status": status, "finished_at": _now(self._clock)}
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

    # after loading ----------------------------------------------------------------------------------------------------

    def retire(self) -> None:
        """Its row is in the database: nobody loads it again."""
        _loaded_dir().mkdir(exist_ok=True)
        self.folder = self.folder.rename(_loaded_dir() / self.folder.name)

    def remove(self) -> None:
        """Gone in one step for everybody who looks; a death in the middle leaves what `tidy` finds."""
        gone = paths.packages_dir() / f"{GONE}{self.folder.name}"
        self.folder.rename(gone)
        shutil.rmtree(gone)

    def may_interleave(self, other: "Package") -> bool:
        """Whether this one can hold an observation that is older than one of `other`, of the same history."""
        same = all(self.row[name] == other.row[name] for name in ("account", "entity"))
        return same and self.row["observed_since"] <= other.row["finished_at"]


def begin(window: Window, run_id: str, clock: Callable[[], datetime] | None = None) -> Package:
    """Start an attempt at a window; it inherits what an attempt that died or failed has already read.

    Args:
        clock: the clock that its observations go by: the API's, which its reader knows. The machine's by default.

    Raises:
        WindowBusy: a living process reads this very window.
    """
    with _register():
        earlier: list[Package] = []
        since = started_at = _now(clock)
        for one in [*waiting(window.key), *loaded(window.key)]:
            if one.take_over():
                one.fail(INTERRUPTED)
            elif one.row["status"] == RUNNING:
                raise WindowBusy(f"{window} is being read by another process; this one has nothing to do.")
            if one.row["status"] == FAILED and one.has_spool:
                earlier.append(one)
                since = min(since, one.row["observed_since"])
        folder = paths.packages_dir() / f"{window.key}-{uuid.uuid4().hex[:8]}"
        # hidden until it is whole and locked: nobody shall take it for one whose reader died
        hidden = folder.with_name(f".{folder.name}")
        hidden.mkdir()
        (hidden / stored_files.MARKER).touch()
        identity = {name: value for name, value in asdict(window).items() if name not in ("start", "end")}
        bounds = {"window_start": window.start.isoformat(), "window_end": window.end.isoformat()}
        attempt = {"status": RUNNING, "started_at": started_at, "observed_since": since, "run_id": run_id}
        _write(hidden, identity | bounds | attempt)
        package = Package(hidden, clock)
        package._acquire()
        package.folder = hidden.rename(folder)
        for one in earlier:
            stored_files.clean_package(one.folder)
            package.inherit(one)
        return package


def waiting(key: str = "") -> list[Package]:
    """The packages that are to be loaded, the oldest window and the first attempt first; with `key`, those of one window."""
    return _found(paths.packages_dir(), key)


def loaded(key: str = "") -> list[Package]:
    """The packages that were loaded and are still there."""
    return _found(_loaded_dir(), key)


def beside(package: Package) -> list[Package]:
    """Loaded packages whose observations may have to be put in order with those of `package`."""
    return [one for one in loaded() if one.row["status"] == COMPLETE and package.may_interleave(one)]


def tidy() -> None:
    """Remove loaded packages that are of no more use.

    One that was complete stays while another, of the same history, that began before it ended is still to come: an
    observation that the loader left out for being unchanged counts again once something else turns out to lie before it.
    One that failed keeps its spool for the next attempt, for `SPOOL_KEPT`.
    """
    with _register():
        for leftover in paths.packages_dir().glob(f"{GONE}*"):
            shutil.rmtree(leftover)
        # also one of a clock that was ahead is not kept for ever
        kept = [(datetime.now(UTC) + term).isoformat(timespec="microseconds") for term in (-SPOOL_KEPT, SPOOL_KEPT)]
        done = loaded()
        spools = [
            one for one in done if one.row["status"] == FAILED and one.has_spool and kept[0] < one.row["finished_at"] < kept[1]
        ]
        to_come = [*waiting(), *spools]
        for one in done:
            is_needed = one in spools if one.row["status"] == FAILED else any(other.may_interleave(one) for other in to_come)
            if not is_needed:
                one.remove()


def read_spool(file: Path) -> pa.Table:
    with pa.OSFile(str(file)) as source:
        return pa.ipc.open_file(source).read_all()


def write_spool(batch: pa.Table, file: Path) -> None:
    # to hand the columns of a small batch to other threads takes longer than to compress them
    options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
    with pa.ipc.new_file(str(file), batch.schema, options=options) as target:
        target.write_table(batch)


def _found(folder: Path, key: str) -> list[Package]:
    found = []
    for file in folder.glob(f"{key}*/window.json"):
        # hidden ones are being made or removed; one that goes meanwhile was somebody else's to load
        with suppress(FileNotFoundError):
            found += [] if file.parent.name.startswith(".") else [Package(file.parent)]
    return sorted(found, key=lambda package: (package.row["window_start"], package.row["started_at"]))


@contextmanager
def _register() -> Iterator[None]:
    """While a package begins, nobody judges which of the others are still needed."""
    paths.packages_dir().mkdir(exist_ok=True)
    with (paths.packages_dir() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _loaded_dir() -> Path:
    return paths.packages_dir() / "loaded"


def _now(clock: Callable[[], datetime] | None = None) -> str:
    # always in UTC and with microseconds, so that texts sort as times do
    return (clock() if clock else datetime.now(UTC)).isoformat(timespec="microseconds")


def _read(folder: Path) -> dict:
    row = json.loads((folder / "window.json").read_text())
    # the first version of this project wrote neither: no attempt inherited anything, and the load was named in the files alone
    return {"observed_since": row["started_at"], "load_id": folder.name} | row


def _write(folder: Path, row: dict) -> None:
    partial = folder / "window.json.partial"
    partial.write_text(json.dumps(row, indent=1))
    _sync(partial)
    partial.rename(folder / "window.json")


def _sync(file: Path) -> None:
    with file.open("rb") as handle:
        os.fsync(handle.fileno())
