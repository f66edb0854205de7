"""Load packages: the folders in which extraction leaves what it has read, and the loader finds it.

Extraction takes no lock on the warehouse. Each attempt at a window fills a folder of its own, and the loader (one process at a
time) merges the finished folders into `build.duckdb`::

    packages/<window key>-<random>/    a package that is being read, or waits for the loader
        window.json                    the attempt's row of ops.extract_windows, with its status
        begun.json                     the same row when the attempt began, in case window.json is damaged
        lock                           locked by the process that reads the window
        spool/                         Arrow batches as they are read, which the next attempt can inherit
        data/                          the finished tables, one folder of Parquet files each
        minimized                      marks that the files follow the rule of `include.privacy.minimization`
    packages/.<window key>-<random>/   a package that is being begun: hidden until it is locked
    packages/loaded/                   packages whose row is in the database
    packages/set_aside/                packages that cannot be read (`set_aside`)
    packages/.gone-<name>/             a package that is being removed

The states of a package, and what moves it from one to the next::

    begin()
      v
    running, locked ---- its process died ----> running, not locked
      | complete()       | fail()                 | take_over(), then fail()
      v                  v                        v
    complete           failed  <------------------+
      | loader: the tables and the row are merged; of a failed package, only the row. Then retire()
      v                  v
    loaded/            loaded/
      |                  | begin() of the next attempt inherits the spool
      v                  v
    removed by tidy(), when nothing needs it

`window.json` becomes `complete` only when everything in `data/` is on disk, so a package is loaded completely or not at all.
"""

import logging
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from include.warehouse import paths, times
from include.warehouse.disk import write_json
from include.warehouse.loading import lost_packages
from include.warehouse.loading.package import COMPLETE, FAILED, GONE, RUNNING, Package, loaded_dir
from include.warehouse.loading.package_files import BEGUN, WINDOW, Damaged, read_row
from include.warehouse.loading.windows import Window
from include.warehouse.retention import kept
from include.warehouse.upgrades import stored_files

log = logging.getLogger(__name__)

# how long a failed attempt keeps its spool for the next one
SPOOL_KEPT = kept.SPOOLS.time
INTERRUPTED = "the process that read this window ended before it had finished; nothing of it was loaded"


class WindowBusy(Exception):
    """Another living process reads the same window."""


def begin(window: Window, run_id: str, clock: Callable[[], datetime] | None = None) -> Package:
    """Begin an attempt at a window. It inherits the spools of earlier attempts that failed or died.

    Args:
        window: The window to read.
        run_id: The run that reads it.
        clock: The clock of its observations: extraction passes the API's; by default the machine's.

    Raises:
        WindowBusy: A living process reads this window.
    """
    with _register():
        earlier: list[Package] = []
        since = started_at = times.now(clock)
        for package in [*waiting(window.key), *loaded(window.key)]:
            if package.take_over():
                package.fail(INTERRUPTED)
            elif package.row["status"] == RUNNING:
                raise WindowBusy(f"{window} is being read by another process; this one has nothing to do.")
            if package.row["status"] == FAILED and package.has_spool:
                earlier.append(package)
                since = min(since, package.row["observed_since"])
        identity = {name: value for name, value in asdict(window).items() if name not in ("start", "end")}
        bounds = {"window_start": window.start.isoformat(), "window_end": window.end.isoformat()}
        attempt = {"status": RUNNING, "started_at": started_at, "observed_since": since, "run_id": run_id}
        package = _create(window.key, identity | bounds | attempt, clock)
        try:
            for attempt_before in earlier:
                stored_files.clean_package(attempt_before.folder)
                package.inherit(attempt_before)
        except BaseException as error:
            # its own spool keeps what it has inherited
            package.fail(f"{type(error).__name__}: {error}")
            raise
        return package


def _create(key: str, row: dict, clock: Callable[[], datetime] | None) -> Package:
    """Create a package, locked. It is hidden until then, so that it is not mistaken for one whose process died."""
    folder = paths.packages_dir() / f"{key}-{uuid.uuid4().hex[:8]}"
    hidden = folder.with_name(f".{folder.name}")
    hidden.mkdir()
    (hidden / stored_files.MARKER).touch()
    for name in (BEGUN, WINDOW):
        write_json(hidden / name, row)
    package = Package(hidden, clock)
    package._acquire()
    package.folder = hidden.rename(folder)
    return package


def waiting(key: str = "") -> list[Package]:
    """Return the packages that are not loaded yet, by window and attempt; with `key`, those of one window."""
    return _found(paths.packages_dir(), key)


def loaded(key: str = "") -> list[Package]:
    """Return the packages that were loaded and still exist; with `key`, those of one window."""
    return _found(loaded_dir(), key)


def beside(package: Package) -> list[Package]:
    """Return the loaded packages whose observations may interleave with those of `package`."""
    return [other for other in loaded() if other.row["status"] == COMPLETE and package.may_interleave(other)]


def tidy() -> None:
    """Remove loaded packages that are no longer needed.

    A complete package is kept while a package is still to be loaded that may interleave with it: an unchanged observation, which
    the loader left out, becomes a version when another one is inserted before it (`history`). A failed package is kept for
    `SPOOL_KEPT`, for the next attempt to inherit its spool.
    """
    with _register():
        for leftover in paths.packages_dir().glob(f"{GONE}*"):
            shutil.rmtree(leftover)
        # the upper bound removes packages of a clock that was ahead
        bounds = [(datetime.now(UTC) + term).isoformat(timespec="microseconds") for term in (-SPOOL_KEPT, SPOOL_KEPT)]
        done = loaded()
        failed = [package for package in done if package.row["status"] == FAILED]
        spools = [package for package in failed if package.has_spool and bounds[0] < package.row["finished_at"] < bounds[1]]
        pending = [*waiting(), *spools]
        for package in done:
            is_needed = package in spools if package in failed else any(other.may_interleave(package) for other in pending)
            if not is_needed:
                package.remove()


def _found(folder: Path, key: str) -> list[Package]:
    """Read the packages in a folder; set aside those that cannot be read."""
    found = []
    for path in folder.glob(f"{key}*"):
        # hidden folders are being begun or removed, and others may be moved by another process meanwhile
        if path.name.startswith(".") or path in (loaded_dir(), paths.set_aside_packages_dir()) or not path.is_dir():
            continue
        try:
            found.append(Package(path))
        except (Damaged, FileNotFoundError) as damage:
            if path.is_dir():
                _put_aside_unread(path, damage)
    return sorted(found, key=lambda package: (package.row["window_start"], package.row["started_at"]))


def _put_aside_unread(folder: Path, damage: Exception) -> None:
    """Set a package aside whose `window.json` cannot be read, unless the living process that fills it will write it again."""
    with suppress(Timeout), FileLock(folder / "lock", blocking=False):
        row = None
        with suppress(Damaged, FileNotFoundError):
            row = read_row(folder / BEGUN)
        lost_packages.put_aside(folder, str(damage) if isinstance(damage, Damaged) else f"it has no {WINDOW}", row)


@contextmanager
def _register() -> Iterator[None]:
    """Hold the lock under which packages are begun and removed, so that no package is removed that a new one inherits."""
    paths.packages_dir().mkdir(exist_ok=True)
    with FileLock(paths.packages_dir() / ".lock"):
        yield
