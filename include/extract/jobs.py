"""The jobs of a window: list, then a detail for every job, then rows. The dlt resource of entity `jobs`.

The list may hold less than the detail, so every job is asked for; where both hold a field, the detail wins. Where the detail of
a job cannot be read, what the list said of it is kept (`has_detail` is false), and later hours ask for it again (`leftovers`).
Batches are spooled as they are made: an attempt that follows one that died does not ask again for what that one has read.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

import dlt

from include.extract import listing, records
from include.extract.details import Details, reason_of
from include.extract.drift import WindowDrift
from include.extract.privacy import BuyerKeys
from include.services_api import Response, ServicesClient
from include.services_api.errors import InvalidParameter, NotFound
from include.warehouse.loading.packages import Package
from include.warehouse.loading.windows import IDS, Window

log = logging.getLogger(__name__)

TABLE = "service_jobs"
# a batch is what a death in the middle costs again: 500 details are 25 seconds of the budget
BATCH_JOBS = 500


@dlt.resource(name=TABLE, write_disposition="append")
def service_jobs(
    client: ServicesClient,
    window: Window,
    package: Package,
    keys: BuyerKeys,
    counts: Counter,
    job_ids: tuple[str, ...] = (),
    read: Callable[[int, float], None] = lambda jobs, part: None,
) -> Iterator:
    """Every job of the window, or those named, as Arrow tables for `service_jobs`, `quarantined_records` and `schema_drift`.

    `counts` receives what the ledger wants to know: pages, listed, distinct_jobs, total_result_size, details (read by this
    attempt), details_missing (of the window). `read` is told after every batch how many jobs it had, and which part of the window
    is done.

    :raises IncompleteListing: the window could not be listed without a gap.
    :raises DetailsUnavailable: too many of its details could not be read.
    :raises ServicesApiError: the API refused, or did not answer in the end.
    """
    done: set[str] = set()
    counts.update(details=0, details_missing=0)
    for table in (TABLE, records.QUARANTINE, records.PERSONAL, records.DRIFT):
        for batch in package.spooled(table):
            if table == TABLE:
                done.update(batch["service_job_id"].to_pylist())
                counts["details_missing"] += batch["has_detail"].to_pylist().count(False)
            yield dlt.mark.with_table_name(batch, table)
    drift = WindowDrift(window)
    with Details(client, done) as details:
        listed = listing.named(job_ids) if window.filter == IDS else listing.list_window(client, window, details.ask)
        details.ask(listed.jobs)
        counts.update(
            pages=listed.pages, listed=listed.listed, distinct_jobs=listed.distinct, total_result_size=listed.total_result_size
        )
        log.info("%s: %s jobs on %s pages", window, listed.distinct, listed.pages)
        todo = [name for name in listed.jobs if name not in done]
        left = len(todo)
        for reads in _read(window, listed, todo, details, keys, counts, client.clock.now):
            drift.add([row for read in reads for row in read.drift])
            # jobs last: a job counts as done once its batch is there, and by then so are its findings
            for table, rows in (
                (records.QUARANTINE, [row for read in reads for row in read.quarantined]),
                (records.PERSONAL, [read.personal for read in reads if read.personal]),
                (records.DRIFT, drift.take()),
                (TABLE, [read.row for read in reads if read.row]),
            ):
                if rows:
                    batch = records.batch(table, rows)
                    package.spool(table, batch)
                    yield dlt.mark.with_table_name(batch, table)
            left -= len(reads)
            read(len(reads), 1 - max(left, 0) / len(todo) if todo else 1.0)
    drift.tell()


def _read(
    window: Window,
    listed: listing.Listing,
    todo: list[str],
    details: Details,
    keys: BuyerKeys,
    counts: Counter,
    now: Callable[[], datetime],
) -> Iterator[list[records.Read]]:
    """What the window holds, batch by batch."""
    if listed.nameless:
        yield [records.job(window, payload, False, listed.received_at or now(), keys) for payload in listed.nameless]
    is_named = window.filter == IDS
    answers = details.answers(todo, of=listed.distinct, forgiven=(InvalidParameter, NotFound) if is_named else ())
    while several := list(islice(answers, BATCH_JOBS)):
        reads = [_job(window, name, listed, answer, keys, now) for name, answer in several]
        unread = [name for name, answer in several if isinstance(answer, Exception)]
        counts["details"] += len(reads) - len(unread)
        counts["details_missing"] += len(unread)
        log.info("%s: %s of %s details, %s could not be read", window, counts["details"], len(todo), counts["details_missing"])
        yield reads


def _job(
    window: Window, name: str, listed: listing.Listing, answer: Response | Exception, keys: BuyerKeys, now: Callable[[], datetime]
) -> records.Read:
    payload = listed.jobs.pop(name)
    if not isinstance(answer, Exception):
        # the id is the one that was asked for: a detail without one is still this job
        return records.job(window, {**payload, **answer.payload, "serviceJobId": name}, True, answer.received_at, keys)
    log.warning("%s: the detail of service job %s could not be read: %s", window, name, answer)
    at, reason = listed.received_at or now(), reason_of(answer)
    if not payload:
        # a job that was only named has no list's part that could be kept
        is_unknown = isinstance(answer, InvalidParameter | NotFound)
        return records.missing_job(window, name, at) if is_unknown else records.unread_job(window, name, reason, at)
    read = records.job(window, {**payload, "serviceJobId": name}, False, at, keys)
    read.quarantined += records.unread_job(window, name, reason, at).quarantined
    return read
