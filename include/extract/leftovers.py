"""Reads what earlier runs could not read: windows whose packages were lost, and details that are missing.

Each hour does so after its own windows. A failure does not fail the hour: the next hours try again.
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from include.extract.details import MOST_MISSING
from include.extract.packaging import WindowsFailed
from include.services_api import ServicesClient
from include.warehouse.loading import lost_packages, missing_details
from include.warehouse.loading.missing_details import QueryContext
from include.warehouse.loading.windows import BACKFILL, IDS, JOBS, Window

log = logging.getLogger(__name__)

# lost windows per hour: each may be a week of a backfill
MOST_WINDOWS = 10

# rounds per hour, and jobs per round: few enough that failures do not count as an outage
ROUNDS, ROUND = 10, MOST_MISSING
# reads windows, or one window of named jobs
ReadWindows = Callable[[list[Window], tuple[str, ...]], dict[str, int]]


def read_lost_windows(client: ServicesClient, read: ReadWindows) -> Counter[str]:
    """Read windows again whose packages were set aside; returns the counts of those that were read."""
    account = client.account
    lost = [window for window in lost_packages.to_read_again(account.name) if window.marketplace_id in account.marketplace_ids]
    if not lost:
        return Counter()
    count = min(len(lost), MOST_WINDOWS)
    log.warning("%s windows of %s were lost with their packages; %s are read again now", len(lost), account.name, count)
    try:
        return Counter(read(lost[:MOST_WINDOWS], ()))
    except WindowsFailed as failed:
        log.warning("Not all lost windows could be read again; the next run tries again: %s", failed)
        return Counter()


def read_missing_details(client: ServicesClient, read: ReadWindows) -> Counter[str]:
    """Fetch details again that could not be read; returns the counts of those that were read now.

    Each round is a window of named jobs, which covers no range of time and so moves no watermark. A job that stays unreadable is
    fetched less and less often.
    """
    totals: Counter[str] = Counter()
    with missing_details.asking(client.account.name) as context:
        if context is None or not context.missing:
            return totals
        for _ in range(ROUNDS):
            counts, tried = _read_round(client, read, context)
            totals.update(counts)
            # where most details cannot be read, the others probably cannot either
            if counts["details"] * 2 < tried or not tried:
                break
    log.warning(
        "%s: the details of %s jobs were missing; %s of them were read now, later hours try the others again",
        client.account.name, len(context.missing), totals["details"],
    )  # fmt: skip
    return totals


def _read_round(client: ServicesClient, read: ReadWindows, context: QueryContext) -> tuple[Counter[str], int]:
    """Read one round; returns its counts and its number of jobs."""
    now = _now(client)
    due = context.due(now)
    if not due:
        return Counter(), 0
    jobs = [job for job in due if job.marketplace_id == due[0].marketplace_id][:ROUND]
    context.note(jobs, now)
    marketplace_id = due[0].marketplace_id or client.account.marketplace_ids[0]
    window = Window(client.account.name, marketplace_id, JOBS, BACKFILL, IDS, now, now)
    try:
        return Counter(read([window], tuple(job.service_job_id for job in jobs))), len(jobs)
    except WindowsFailed as failed:
        log.warning("The missing details could not be fetched: %s", failed)
        return Counter(), len(jobs)


def _now(client: ServicesClient) -> datetime:
    return client.clock.now()
