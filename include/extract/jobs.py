"""The jobs of a window: list, then a detail for every job, then rows. The dlt resource of entity `jobs`.

The list may hold less than the detail, so every job is asked for; where both hold a field, the detail wins. Batches are
spooled as they are made: an attempt that follows one that died does not ask again for what that one has read.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

import dlt

from include.extract import listing, records
from include.extract.details import Details
from include.extract.drift import WindowDrift
from include.extract.privacy import BuyerKeys
from include.services_api import Answer, ServicesClient
from include.warehouse.packages import Package
from include.warehouse.windows import IDS, Window

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

    `counts` receives what the ledger wants to know: pages, listed, distinct_jobs, total_result_size, details. `read` is told
    after every batch how many jobs it had, and which part of the window is done.

    :raises IncompleteListing: the window could not be listed without a gap.
    :raises ServicesApiError: the API refused, or did not answer in the end.
    """
    done: set[str] = set()
    for table in (TABLE, records.QUARANTINE, records.PERSONAL, records.DRIFT):
        for batch in package.spooled(table):
            if table == TABLE:
                done.update(batch["service_job_id"].to_pylist())
            yield dlt.mark.with_table_name(batch, table)
    drift = WindowDrift(window)
    with Details(client, done) as details:
        listed = listing.named(job_ids) if window.filter == IDS else listing.list_window(client, window, details.ask)
        details.ask(listed.jobs)
        counts.update(
            pages=listed.pages, listed=listed.listed, distinct_jobs=listed.distinct, total_result_size=listed.total_result_size
        )
        counts["details"] = 0
        log.info("%s: %s jobs on %s pages", window, listed.distinct, listed.pages)
        todo = [name for name in listed.jobs if name not in done]
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
            read(len(reads), counts["details"] / len(todo) if todo else 1.0)
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
        yield [records.job(window, payload, False, now(), keys) for payload in listed.nameless]
    answers = details.answers(todo)
    while several := list(islice(answers, BATCH_JOBS)):
        reads = [_job(window, name, listed.jobs.pop(name), answer, keys, now) for name, answer in several]
        counts["details"] += len(reads)
        log.info("%s: %s of %s details", window, counts["details"], len(todo))
        yield reads


def _job(
    window: Window, name: str, payload: dict, answer: Answer | None, keys: BuyerKeys, now: Callable[[], datetime]
) -> records.Read:
    if answer is None:
        # a job that was only named has no list's part that could be kept
        return records.job(window, payload, False, now(), keys) if payload else records.missing_job(window, name, now())
    # the id is the one that was asked for: a detail without one is still this job
    return records.job(window, {**payload, **answer.payload, "serviceJobId": name}, True, answer.received_at, keys)
