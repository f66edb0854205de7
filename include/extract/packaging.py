"""Turns one window into one load package: begins the package, extracts with dlt into Parquet files, completes the package.

dlt's working folder is inside the package, so that windows can be read in parallel and a crash leaves nothing elsewhere.

What is dlt's, and what is not; `tests/benchmarks/test_dlt_ways.py` tries each and prints the figures (dlt 1.31, seconds of
processor time, 10,000 jobs where nothing else is said):

- `pipeline.extract` writes the Parquet files, and gives the load id and the schema contract: another table, column or type than
  `records.SCHEMAS` declares is refused. 0.13 s.
- `normalize` and `load` are not used: of Arrow tables they only move and copy the files. Extract and normalize 0.17 s, all three
  with the filesystem destination 0.25 s; of a window of 10 jobs 0.04, 0.12 and 0.19 s.
- `dlt.mark.with_table_name` lets one resource yield the rows of several tables.
- The spool is not dlt's: a process that is killed while it reads leaves nothing in dlt's packages, and an extraction for each
  batch takes 0.92 s.
- The watermark is not `dlt.sources.incremental`: a window that failed and is read later is older than the cursor, and is skipped.
- The merge (`include.warehouse.loading.history`) is no write disposition of dlt: `scd2` ends the newest version when a late
  package is loaded. Loading into DuckDB: 0.75 s, `upsert` 0.86 s, `scd2` 1.09 s; again without changes 0.33, 0.66, 0.76 s.
- Targets of slots and capacity are not deferred to dlt's pool: each answer would be a table of its own, 2.3 instead of 0.1 s for
  2,000 targets.
"""

import gc
import logging
import shutil
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dlt
from dlt import Schema
from dlt.common.libs.pyarrow import py_arrow_to_table_schema_columns
from dlt.pipeline.exceptions import PipelineStepFailed

from include.extract import records
from include.extract.listing import TooLong
from include.extract.progress import Bookmark, Progress
from include.extract.shortened import Shortened
from include.services_api import ServicesClient
from include.services_api.clock import PRECISION
from include.services_api.retries import TRANSIENT
from include.warehouse.loading import packages
from include.warehouse.loading.packages import Package
from include.warehouse.loading.windows import IDS, JOBS, Window

log = logging.getLogger(__name__)

# after so many failed windows in a row the API is probably unavailable, and going on would only cost hours
MOST_FAILURES_IN_A_ROW = 3

Resources = Callable[[Window, Package, Counter], list]


class WindowNotOver(Exception):
    """A window was listed before its end."""


class WindowsFailed(Exception):
    """Some windows could not be read; the packages of the others will be loaded."""


def pack_windows(
    client: ServicesClient,
    windows: list[Window],
    resources: Resources,
    run_id: str,
    bookmark: Bookmark | Shortened | None = None,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Read windows one after the other, each into its own package; a failed window does not stop the others.

    `resources` makes the dlt resources of a window. A window with too many jobs is halved. Windows in `bookmark` are skipped, and
    windows that were read are added to it. Returns the sums of the windows' counts.

    Raises:
        WindowsFailed: At the end, with every failed window and its error.
    """
    totals: Counter[str] = Counter()
    failures: list[tuple[Window, Exception]] = []
    in_a_row, queue, progress = 0, deque(windows), progress or Progress(len(windows))
    while queue and in_a_row < MOST_FAILURES_IN_A_ROW:
        window = queue.popleft()
        if bookmark and window in bookmark:
            log.info("%s was read before this backfill stopped", window)
            progress.window(is_read=False)
            continue
        try:
            counts = _pack(client, window, resources, run_id)
        except TooLong as too_long:
            log.info("%s; halving it", too_long)
            queue.extendleft(reversed(window.halves()))
            progress.halved()
        except Exception as error:
            log.exception("%s failed", window)
            failures.append((window, error))
            in_a_row += 1
        else:
            in_a_row = 0
            totals.update(counts)
            if bookmark:
                bookmark.add(window)
            log.info("%s was read: %s", window, dict(counts))
            progress.window()
    if failures:
        raise _failed(failures, progress.windows, len(queue)) from _transient_or_first([error for _, error in failures])
    if bookmark:
        bookmark.close()
    return {"windows": progress.windows, **totals}


def _failed(failures: list[tuple[Window, Exception]], windows: int, untried: int) -> WindowsFailed:
    reasons = "\n".join(f"- {window}: {error}" for window, error in failures)
    return WindowsFailed(
        f"{len(failures)} of {windows} windows failed, {untried} were not tried. The windows that were read are kept; the others "
        f"are read when the task runs again:\n{reasons}"
    )


def _transient_or_first(errors: list[Exception]) -> Exception:
    """The cause that decides whether the task is retried: one transient error is enough for a retry."""
    return next((error for error in errors if isinstance(error, TRANSIENT) or isinstance(error.__cause__, TRANSIENT)), errors[0])


def _pack(client: ServicesClient, window: Window, resources: Resources, run_id: str) -> Counter[str]:
    # the machine's clock may have been set since the run began
    client.checked_time()
    package, before, began = packages.begin(window, run_id, client.clock.now), client.usage, time.monotonic()
    counts: Counter[str] = Counter()

    def spent() -> dict:
        used = client.usage
        return dict(counts) | {
            "requests": used.requests - before.requests,
            "throttled": used.throttled - before.throttled,
            "waited_seconds": round(used.waited_seconds - before.waited_seconds, 3),
            "last_request_id": used.last_request_id,
        }

    try:
        with _no_garbage_collection():
            load_id = _extract(package, resources(window, package, counts))
        _refuse_unless_over(client, window, began)
    except TooLong:
        package.discard()
        raise
    except BaseException as error:
        package.fail(f"{type(error).__name__}: {error}", **spent())
        raise
    package.complete(load_id, **spent())
    return counts


def _refuse_unless_over(client: ServicesClient, window: Window, began: float) -> None:
    """Refuse a window that was listed before its end by the API's clock, which later answers may have corrected."""
    at = client.clock.at(began)
    if window.entity == JOBS and window.filter != IDS and at + PRECISION < window.end:
        raise WindowNotOver(
            f"{window}: it was listed from {at:%Y-%m-%d %H:%M:%S} UTC on by the API's clock, before its end; later changes would "
            "be missing. Check this machine's clock (NTP), and run the task again when the window is over."
        )


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Payloads have no cycles, and looking for them among a window's hundreds of thousands of objects takes half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _extract(package: Package, resources: list) -> str:
    """Extract the resources into `package.data`, one folder of Parquet files per table; returns dlt's load id.

    Raises:
        DataValidationError: A resource yielded another table, column or type than `records.SCHEMAS` declares.
        TypeError: A resource yielded something else than Arrow tables.
    """
    working = package.folder / "dlt"
    pipeline = dlt.pipeline("amazon_services", pipelines_dir=str(working))
    # no destination and no state: dlt would otherwise write its state into every package
    pipeline.config.restore_from_destination = False
    try:
        extracted = pipeline.extract(resources, schema=_contract())
        for job in extracted.load_packages[0].jobs["new_jobs"]:
            file, table = Path(job.file_path), package.data / job.job_file_info.table_name
            if file.suffix != ".parquet":
                raise TypeError(f"a resource of {package} yields rows for {table.name}; it should yield Arrow tables")
            table.mkdir(parents=True, exist_ok=True)
            file.rename(table / file.name)
        return extracted.loads_ids[0]
    except PipelineStepFailed as failed:
        error = _cause(failed)
    finally:
        shutil.rmtree(working, ignore_errors=True)
    # outside of the handler: within it the error's own cause would be replaced by dlt's wrapper, which it caused
    raise error


def _contract() -> Schema:
    """The tables, columns and types of packages as a schema that dlt may not change."""
    contract = Schema("amazon_services")
    contract.set_schema_contract("freeze")
    for table, columns in records.SCHEMAS.items():
        contract.update_table({"name": table, "columns": py_arrow_to_table_schema_columns(columns)})
    return contract


def _cause(error: BaseException) -> BaseException:
    """The error below dlt's wrappers: the API's message is more useful than the pipeline's."""
    while type(error).__module__.startswith("dlt.") and error.__cause__:
        error = error.__cause__
    return error
