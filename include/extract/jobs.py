"""The dlt resource of entity `jobs`: lists the jobs of a window, fetches the detail of every job, yields rows.

The list may hold less than the detail, so every detail is fetched; where both hold a field, the detail wins. Where a detail
cannot be read, the fields of the list are kept (`has_detail` is false), and later hours fetch it again (`leftovers`). Batches are
spooled as they are made, so that an attempt after a crash does not fetch again what the crashed one has read.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

import dlt
import pyarrow as pa

from include.extract import listing, records
from include.extract.details import Details, reason_of
from include.extract.drift import WindowDrift
from include.extract.listing import Listing
from include.extract.privacy import BuyerKeys
from include.services_api import Response, ServicesClient
from include.services_api.errors import InvalidParameter, NotFound
from include.warehouse.loading.packages import Package
from include.warehouse.loading.windows import IDS, Window

log = logging.getLogger(__name__)

TABLE = "service_jobs"
# a crash loses at most one batch: 500 details are 25 seconds of the rate budget
BATCH_JOBS = 500


@dlt.resource(name=TABLE)
def service_jobs(
    client: ServicesClient,
    window: Window,
    package: Package,
    keys: BuyerKeys,
    counts: Counter,
    job_ids: tuple[str, ...] = (),
    on_batch: Callable[[int, float], None] = lambda jobs, part: None,
) -> Iterator:
    """Yield the jobs of a window as Arrow tables for `service_jobs`, `quarantined_records`, `personal_data` and `schema_drift`.

    `counts` receives pages, listed, distinct_jobs, total_result_size, details (read by this attempt) and details_missing (of the
    window). `on_batch` is called after every batch with its number of jobs and the part of the window that is done, from 0 to 1.

    Raises:
        IncompleteListing: The window could not be listed without a gap.
        DetailsUnavailable: Too many of its details could not be read.
        ServicesApiError: The API refused, or failed after all retries.
    """
    done: set[str] = set()
    counts.update(details=0, details_missing=0)
    for table, batch in package.spooled():
        if table == TABLE:
            done.update(batch["service_job_id"].to_pylist())
            counts["details_missing"] += batch["has_detail"].to_pylist().count(False)
        yield dlt.mark.with_table_name(batch, table)
    drift = WindowDrift(window)
    with Details(client, done) as details:
        listed = listing.named(job_ids) if window.filter == IDS else listing.list_window(client, window, details.request)
        details.request(listed.jobs)
        counts.update(
            pages=listed.pages, listed=listed.listed, distinct_jobs=listed.distinct, total_result_size=listed.total_result_size
        )
        log.info("%s: %s jobs on %s pages", window, listed.distinct, listed.pages)
        todo = [job_id for job_id in listed.jobs if job_id not in done]
        left = len(todo)
        for reads in _read(window, listed, todo, details, keys, counts, client.clock.now):
            for table, batch in _batches(reads, drift):
                package.spool(table, batch)
                yield dlt.mark.with_table_name(batch, table)
            left -= len(reads)
            on_batch(len(reads), 1 - max(left, 0) / len(todo) if todo else 1.0)
    drift.log()


def _batches(reads: list[records.Read], drift: WindowDrift) -> Iterator[tuple[str, pa.Table]]:
    drift.add([row for read in reads for row in read.drift])
    # jobs last: a job counts as done once its batch is spooled, and its findings must be spooled by then
    for table, rows in (
        (records.QUARANTINE, [row for read in reads for row in read.quarantined]),
        (records.PERSONAL, [read.personal for read in reads if read.personal]),
        (records.DRIFT, drift.take()),
        (TABLE, [read.row for read in reads if read.row]),
    ):
        if rows:
            yield table, records.batch(table, rows)


def _read(
    window: Window,
    listed: Listing,
    todo: list[str],
    details: Details,
    keys: BuyerKeys,
    counts: Counter,
    now: Callable[[], datetime],
) -> Iterator[list[records.Read]]:
    """Yield the records of the window, batch by batch."""
    if listed.nameless:
        yield [records.job(window, payload, False, listed.received_at or now(), keys) for payload in listed.nameless]
    forgiven = (InvalidParameter, NotFound) if window.filter == IDS else ()
    results = details.results(todo, of=listed.distinct, forgiven=forgiven)
    while batch := list(islice(results, BATCH_JOBS)):
        reads = [_job(window, job_id, listed, detail, keys, now) for job_id, detail in batch]
        unread = [job_id for job_id, detail in batch if isinstance(detail, Exception)]
        counts["details"] += len(reads) - len(unread)
        counts["details_missing"] += len(unread)
        log.info("%s: %s of %s details, %s could not be read", window, counts["details"], len(todo), counts["details_missing"])
        yield reads


def _job(
    window: Window, job_id: str, listed: Listing, detail: Response | Exception, keys: BuyerKeys, now: Callable[[], datetime]
) -> records.Read:
    payload = listed.jobs.pop(job_id)
    if not isinstance(detail, Exception):
        # a detail without an id belongs to the requested job
        return records.job(window, {**payload, **detail.payload, "serviceJobId": job_id}, True, detail.received_at, keys)
    log.warning("%s: the detail of service job %s could not be read: %s", window, job_id, detail)
    at, reason = listed.received_at or now(), reason_of(detail)
    if not payload:
        # a named job was not listed, so there are no fields to keep
        is_unknown = isinstance(detail, InvalidParameter | NotFound)
        return records.missing_job(window, job_id, at) if is_unknown else records.unread_job(window, job_id, reason, at)
    read = records.job(window, {**payload, "serviceJobId": job_id}, False, at, keys)
    read.quarantined += records.unread_job(window, job_id, reason, at).quarantined
    return read
