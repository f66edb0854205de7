"""Lists all jobs of a window and proves that none is missing.

Page tokens are positions in a changing list: a job that is updated meanwhile leaves the window, the following jobs move up, and
the next page silently skips one. A listing is accepted only if the total is the same on every page and as many distinct jobs were
read. Otherwise it is read again, then halved, and in the end refused.

A window with more jobs than can be paged before its tokens expire is not paged at all: `TooLong` asks the caller to halve it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from include.extract import coerce, plan
from include.privacy import minimization
from include.services_api import ServicesClient, operations
from include.services_api.paging import Extent
from include.warehouse.loading.windows import Window

log = logging.getLogger(__name__)

READINGS = 3
SHORTEST = timedelta(minutes=1)
# 1,000 pages at 10 per second take 100 seconds; tokens expire after minutes
MOST_JOBS = 20_000


class IncompleteListing(Exception):
    """The window could not be read without a gap."""


class TooLong(Exception):
    """The window holds more jobs than can be paged before tokens expire."""


def most_jobs(max_share: float) -> int:
    """How many jobs a window may hold, for a client that may use this share of the rate."""
    return max(1, int(MOST_JOBS * max_share))


@dataclass
class Listing:
    """The jobs that a window listed: payloads by service job id, and payloads without a readable id (`nameless`)."""

    jobs: dict[str, dict] = field(default_factory=dict)
    nameless: list[object] = field(default_factory=list)
    pages: int = 0
    listed: int = 0
    total_result_size: int = 0
    received_at: datetime | None = None

    def add(self, other: "Listing") -> None:
        """Add the listing of the next part of the window."""
        self.jobs |= other.jobs
        self.nameless += other.nameless
        self.pages += other.pages
        self.listed += other.listed
        self.total_result_size += other.total_result_size
        self.received_at = other.received_at

    @property
    def distinct(self) -> int:
        """The number of distinct jobs."""
        return len(self.jobs) + len(self.nameless)


def named(job_ids: tuple[str, ...]) -> Listing:
    """The listing of named jobs, with empty payloads."""
    return Listing(jobs={job_id: {} for job_id in job_ids}, listed=len(job_ids), total_result_size=len(job_ids))


class _Shifted(Exception):
    """The list changed while it was read, or the paging does not end."""


def list_window(
    client: ServicesClient,
    window: Window,
    on_page: Callable[[list[str]], None] = lambda job_ids: None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Listing:
    """Read the list of the window, or of its part from `start` to `end`; in halves if the list keeps changing.

    `on_page` is called with the job ids of every page, including pages of a list that is then read again.

    Raises:
        IncompleteListing: Even the shortest part could not be read without a gap.
        TooLong: The window holds too many jobs; `on_page` was not called.
        EndlessPaging: The pages do not end.
    """
    start, end = start or window.start, end or window.end
    problem = ""
    for _ in range(READINGS):
        try:
            return _read(client, window, on_page, start, end)
        except _Shifted as shifted:
            problem = str(shifted)
            log.warning("%s: %s; reading it again", window, problem)
    if end - start <= SHORTEST:
        raise IncompleteListing(
            f"{window}: {problem}. It was read {READINGS} times and halved down to {start} to {end}. The window is not complete: "
            "jobs would be missing without a trace. Run the task again when fewer jobs change."
        )
    middle = start + (end - start) / 2
    log.info("%s: halving %s to %s: %s", window, start, end, problem)
    whole = list_window(client, window, on_page, start, middle)
    whole.add(list_window(client, window, on_page, middle, end))
    return whole


def _read(client: ServicesClient, window: Window, on_page: Callable, start: datetime, end: datetime) -> Listing:
    result, tokens = Listing(), set[str]()
    expected, token = None, None
    extent = Extent(operations.GET_JOBS.name, client.account.name)
    while True:
        response = client.get_service_jobs(window.marketplace_id, **plan.bounds(window, start, end), page_token=token)
        # reading a listing again, or a shorter part of it, does not help if it never ends
        extent.add(response)
        result.received_at = response.received_at
        jobs, total, token = _page(response.payload, result.pages + 1)
        if result.pages == 0:
            expected = total
            if (total or 0) > most_jobs(client.max_share) and end - start > SHORTEST:
                raise TooLong(f"{window} holds {total} jobs, more than {most_jobs(client.max_share)}")
        elif total != expected:
            raise _Shifted(f"the total changed from {expected} to {total} while {result.pages} pages were read")
        before = result.distinct
        on_page(_take(result, jobs))
        if not token:
            break
        if token in tokens:
            raise _Shifted(f"page {result.pages} gave a token that was given before")
        if result.distinct == before:
            raise _Shifted(f"page {result.pages} held no job that was not on a page before")
        if expected is not None and result.distinct > expected:
            raise _Shifted(f"{result.distinct} different jobs were read of {expected}, and pages go on")
        tokens.add(token)
    if expected not in (None, result.distinct):
        raise _Shifted(f"{result.distinct} different jobs were read of {expected}")
    result.total_result_size = result.distinct
    return result


def _page(payload: dict, number: int) -> tuple[list, int | None, str | None]:
    """The jobs, the total and the token of a page. Messages hold no values of another type: they may be personal."""
    if "jobs" not in payload and "totalResultSize" not in payload:
        raise _Shifted(f"page {number} held neither jobs nor a total")
    jobs, total, token = payload.get("jobs") or [], payload.get("totalResultSize"), payload.get("nextPageToken")
    for name, value, expected in (("jobs", jobs, list), ("nextPageToken", token, str | None)):
        if not isinstance(value, expected):
            raise _Shifted(f"page {number}: {name} is of another type: {minimization.shape(value)}")
    try:
        return jobs, total and coerce.integer(total), token
    except coerce.Unreadable as error:
        raise _Shifted(f"totalResultSize is {error}") from None


def _take(result: Listing, jobs: list) -> list[str]:
    """Add a page's jobs; returns their ids."""
    job_ids = []
    result.pages += 1
    result.listed += len(jobs)
    for job in jobs:
        if job_id := _id(job):
            result.jobs[job_id] = job
            job_ids.append(job_id)
        else:
            result.nameless.append(job)
    return job_ids


def _id(job: object) -> str:
    """The id of a listed job, empty if it has no readable one."""
    try:
        return coerce.text(job.get("serviceJobId")) if isinstance(job, dict) else ""
    except coerce.Unreadable:
        return ""
