"""What earlier runs have left unread, and what each hour reads of it after its own windows.

A failure here fails nothing: what could not be read now is left to the hours that follow.
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

# an hour reads so many lost windows at most: each may be a week of a backfill
MOST_WINDOWS = 10

# and asks for the details of so many jobs: in rounds that are too small to be taken for an outage, while most are answered
ROUNDS, ROUND = 10, MOST_MISSING
# reads windows, or one window of the jobs that are named
ReadWindows = Callable[[list[Window], tuple[str, ...]], dict[str, int]]


def read_lost_windows(client: ServicesClient, read: ReadWindows) -> Counter:
    """Read windows again whose packages were set aside; returns the counts of those that were read.

    Args:
        client: The client of the account.
        read: Reads windows into packages.
    """
    lost = [
        window
        for window in lost_packages.to_read_again(client.account.name)
        if window.marketplace_id in client.account.marketplace_ids
    ]
    if not lost:
        return Counter()
    log.warning("%s windows of %s were lost with their packages; %s are read again now", len(lost), client.account.name,
                min(len(lost), MOST_WINDOWS))  # fmt: skip
    try:
        return Counter(read(lost[:MOST_WINDOWS], ()))
    except WindowsFailed as failed:
        log.warning("Not all lost windows could be read again; the next run tries once more: %s", failed)
        return Counter()


def ask_for_missing_details(client: ServicesClient, read: ReadWindows) -> Counter:
    """Ask again for jobs whose detail could not be read; returns the counts of what was read.

    Each round is a window of named jobs, which says nothing of a range of time, so that no watermark follows it. A job that stays
    unreadable is asked for less and less often.

    Args:
        client: The client of the account.
        read: Reads one window of the jobs that are named.
    """
    totals = Counter()
    with missing_details.asking(client.account.name) as asked:
        if asked is None or not asked.missing:
            return totals
        for _ in range(ROUNDS):
            counts, tried = _ask_once(client, read, asked)
            totals.update(counts)
            # where most stay unread, the others would too
            if counts["details"] * 2 < tried or not tried:
                break
    log.warning(
        "%s: the details of %s jobs are missing; %s of them were read now, the others are asked for by later hours",
        client.account.name, len(asked.missing), totals["details"],
    )  # fmt: skip
    return totals


def _ask_once(client: ServicesClient, read: ReadWindows, asked: QueryContext) -> tuple[Counter, int]:
    """One round: its counts, and how many jobs it asked for."""
    now = _now(client)
    due = asked.due(now)
    if not due:
        return Counter(), 0
    jobs = [job for job in due if job.marketplace_id == due[0].marketplace_id][:ROUND]
    asked.note(jobs, now)
    marketplace_id = due[0].marketplace_id or client.account.marketplace_ids[0]
    window = Window(client.account.name, marketplace_id, JOBS, BACKFILL, IDS, now, now)
    try:
        return Counter(read([window], tuple(job.service_job_id for job in jobs))), len(jobs)
    except WindowsFailed as failed:
        log.warning("The details that are missing could not be asked for: %s", failed)
        return Counter(), len(jobs)


def _now(client: ServicesClient) -> datetime:
    return client.clock.now()
