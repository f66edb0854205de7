"""Packages: what one attempt at a window has read, on disk, before anybody has loaded it.

An extraction takes no lock on the warehouse. It fills a folder of its own, and the loader (one at a time) merges finished
folders into `build.duckdb`::

    packages/<window key>-<random>/
        window.json    the attempt's row of ops.extract_windows; its `status` says how far it came
        begun.json     the same row as the attempt began, in case the other cannot be read
        lock           held (flock) by the process that reads the window; a free lock and `running` mean it died
        spool/         Arrow batches as they were read, so that another attempt can go on from them
        minimized      its files keep to the rule of `include.privacy.minimization`, see `stored_files`
        data/          the finished load package: one folder of Parquet files a table
    packages/loaded/   folders whose row is in the database and that are still good for something, see `tidy`
    packages/set_aside/   folders that cannot be read (`set_aside`)

`window.json` turns `complete` only after everything in `data/` is on disk, so a package counts whole or not at all.
"""

import fcntl
import logging
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from include.warehouse import paths
from include.warehouse.loading import lost_packages, package_files
from include.warehouse.loading.package import COMPLETE, FAILED, GONE, RUNNING, Package, loaded_dir
from include.warehouse.loading.package_files import BEGUN, WINDOW, Damaged, read_row, write_json
from include.warehouse.loading.windows import Window
from include.warehouse.retention import kept
from include.warehouse.upgrades import stored_files

log = logging.getLogger(__name__)

# how long an attempt that failed keeps what it has read for the next one
SPOOL_KEPT = kept.SPOOLS.time
INTERRUPTED = "the process that read this window ended before it had finished; nothing of it was loaded"


class WindowBusy(Exception):
    """Another living process reads the same window right now."""


def begin(window: Window, run_id: str, clock: Callable[[], datetime] | None = None) -> Package:
    """Start an attempt at a window; it inherits what an attempt that died or failed has already read.

    Args:
        clock: the clock that its observations go by: the API's, which its reader knows. The machine's by default.

    Raises:
        WindowBusy: a living process reads this very window.
    """
    with _register():
        earlier: list[Package] = []
        since = started_at = package_files.now(clock)
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
        for name in (BEGUN, WINDOW):
            write_json(hidden / name, identity | bounds | attempt)
        package = Package(hidden, clock)
        package._acquire()
        package.folder = hidden.rename(folder)
        try:
            for one in earlier:
                stored_files.clean_package(one.folder)
                package.inherit(one)
        except BaseException as error:
            # what it has inherited so far stays in its spool
            package.fail(f"{type(error).__name__}: {error}")
            raise
        return package


def waiting(key: str = "") -> list[Package]:
    """The packages that are to be loaded, the oldest window and the first attempt first; with `key`, those of one window."""
    return _found(paths.packages_dir(), key)


def loaded(key: str = "") -> list[Package]:
    """The packages that were loaded and are still there."""
    return _found(loaded_dir(), key)


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


def _found(folder: Path, key: str) -> list[Package]:
    """The packages in a folder; one that cannot be read is set aside."""
    found = []
    for path in folder.glob(f"{key}*"):
        # hidden ones are being made or removed; one that goes meanwhile was somebody else's to load
        if path.name.startswith(".") or path in (loaded_dir(), paths.set_aside_packages_dir()) or not path.is_dir():
            continue
        try:
            found.append(Package(path))
        except (Damaged, FileNotFoundError) as damage:
            if path.is_dir():
                _put_aside_unread(path, damage)
    return sorted(found, key=lambda package: (package.row["window_start"], package.row["started_at"]))


def _put_aside_unread(folder: Path, damage: Exception) -> None:
    """Set a package aside whose `window.json` cannot be read, unless the process that fills it lives: that writes it anew."""
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        row = None
        with suppress(Damaged, FileNotFoundError):
            row = read_row(folder / BEGUN)
        lost_packages.put_aside(folder, str(damage) if isinstance(damage, Damaged) else f"it has no {WINDOW}", row)


@contextmanager
def _register() -> Iterator[None]:
    """While a package begins, nobody judges which of the others are still needed."""
    paths.packages_dir().mkdir(exist_ok=True)
    with (paths.packages_dir() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
