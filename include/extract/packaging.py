"""Turns one window into one load package: begins it, lets dlt run the source into Parquet files, and closes it.

dlt's own working folder lives inside the package, so that windows can be read side by side and a death leaves nothing
elsewhere.
"""

import gc
import logging
import shutil
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dlt
from dlt.pipeline.exceptions import PipelineStepFailed

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

# an API that refuses this many windows one after the other is away, and asking on would only cost hours
MOST_FAILURES_IN_A_ROW = 3

Resources = Callable[[Window, Package, Counter], list]


class WindowNotOver(Exception):
    """A window was listed before its end had come."""


class WindowsFailed(Exception):
    """Some windows could not be read; the others are packed and will be loaded."""


def pack_windows(
    client: ServicesClient,
    windows: list[Window],
    resources: Resources,
    run_id: str,
    bookmark: Bookmark | Shortened | None = None,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Read windows one after the other, each into a package of its own; a window that fails does not stop the others.

    `resources` makes the dlt resources of a window. One that holds too many jobs is cut in two. Returns the counts of all
    windows together.

    :param bookmark: windows in it were read before and are left out; those that are read are added.
    :raises WindowsFailed: at the end, naming every window that failed and why.
    """
    totals, failures, in_a_row = Counter(), [], 0
    progress = progress or Progress(len(windows))
    queue = deque(windows)
    while queue and in_a_row < MOST_FAILURES_IN_A_ROW:
        window = queue.popleft()
        if bookmark and window in bookmark:
            log.info("%s was read before this backfill was stopped", window)
            progress.window(is_read=False)
            continue
        try:
            counts = _pack(client, window, resources, run_id)
        except TooLong as too_long:
            log.info("%s; it is cut in two", too_long)
            queue.extendleft(reversed(window.halves()))
            progress.cut()
            continue
        except Exception as error:
            log.exception("%s failed", window)
            failures.append((window, error))
            in_a_row += 1
            continue
        in_a_row = 0
        totals.update(counts)
        if bookmark:
            bookmark.add(window)
        log.info("%s is read: %s", window, dict(counts))
        progress.window()
    if failures:
        reasons = "\n".join(f"- {window}: {error}" for window, error in failures)
        raise WindowsFailed(
            f"{len(failures)} of {progress.windows} windows failed, {len(queue)} were not tried; what others read "
            f"is kept, and the rest is read when the task runs again:\n{reasons}"
        ) from _worth_another_try([error for _, error in failures])
    if bookmark:
        bookmark.close()
    return {"windows": progress.windows, **totals}


def _worth_another_try(errors: list[Exception]) -> Exception:
    """One that passes, where there is one: who decides on a retry looks at the cause, and one such window is reason enough."""
    return next((error for error in errors if isinstance(error, TRANSIENT) or isinstance(error.__cause__, TRANSIENT)), errors[0])


def _pack(client: ServicesClient, window: Window, resources: Resources, run_id: str) -> Counter:
    # also a clock that was right when the run began may have been set since
    client.checked_time()
    package, before, counts = packages.begin(window, run_id, client.clock.now), client.usage, Counter()
    began = time.monotonic()

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
            load_id = _run_dlt(package, resources(window, package, counts))
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
    """By all that the answers have told since: at the beginning of the listing, the window's end had come."""
    at = client.clock.at(began)
    if window.entity == JOBS and window.filter != IDS and at + PRECISION < window.end:
        raise WindowNotOver(
            f"{window}: it was listed from {at:%Y-%m-%d %H:%M:%S} UTC on by the API's clock, before its end; what changed until "
            "then would be missing. Check this machine's clock (NTP), and run the task again when the window is over."
        )


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Payloads hold no cycles, and to look for some in a window's hundred thousands of objects takes half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _run_dlt(package: Package, resources: list) -> str:
    """Run the resources into `package.data`, one folder of Parquet files a table. Returns dlt's id of the load."""
    working = package.folder / "dlt"
    pipeline = dlt.pipeline(
        "amazon_services",
        pipelines_dir=str(working),
        destination=dlt.destinations.filesystem(bucket_url=package.folder.as_uri()),
        dataset_name=package.data.name,
    )
    try:
        done = pipeline.run(resources, loader_file_format="parquet")
    except PipelineStepFailed as failed:
        error = _cause(failed)
    else:
        # a window that held nothing at all is no load
        return done.loads_ids[0] if done.loads_ids else ""
    finally:
        shutil.rmtree(working, ignore_errors=True)
    # out here, so that it keeps the cause of its own: dlt's wrapper has this very error as its cause
    raise error


def _cause(error: BaseException) -> BaseException:
    """What went wrong below dlt's wrappers: the reader wants the API's words, not the pipeline's."""
    while type(error).__module__.startswith("dlt.") and error.__cause__:
        error = error.__cause__
    return error
