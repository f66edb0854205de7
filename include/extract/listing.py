"""All jobs of a window, with the proof that none is missing.

Page tokens are positions in a list that lives: a job that is updated while the list is read leaves the window, the rest moves up,
and the next page skips a job without a word. A listing counts only if the total stays the same on every page and as many
different jobs were read; otherwise it is read again, then halved, and in the end refused with the numbers.

A window of more jobs than can be paged before tokens age is not paged at all: `TooLong` says that it should be cut.
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
# 1,000 pages at 10 a second are 100 seconds; tokens age after minutes
MOST_JOBS = 20_000


class IncompleteListing(Exception):
    """The window could not be read without a gap."""


class TooLong(Exception):
    """The window holds more jobs than can be paged before tokens age."""


def most_jobs(max_share: float) -> int:
    """How many jobs one window should hold, for a client that may take this share of the rate."""
    return max(1, int(MOST_JOBS * max_share))


@dataclass
class Listing:
    """What a window listed. `jobs`: payloads by service job id; `nameless`: those that came without an id; `received_at`: of the
    last page."""

    jobs: dict[str, dict] = field(default_factory=dict)
    nameless: list[object] = field(default_factory=list)
    pages: int = 0
    listed: int = 0
    total_result_size: int = 0
    received_at: datetime | None = None

    def add(self, other: "Listing") -> None:
        self.jobs |= other.jobs
        self.nameless += other.nameless
        self.pages += other.pages
        self.listed += other.listed
        self.total_result_size += other.total_result_size
        self.received_at = other.received_at

    @property
    def distinct(self) -> int:
        return len(self.jobs) + len(self.nameless)


def named(job_ids: tuple[str, ...]) -> Listing:
    """The listing of jobs that somebody named: nothing is known of them yet."""
    return Listing(jobs={name: {} for name in job_ids}, listed=len(job_ids), total_result_size=len(job_ids))


class _Shifted(Exception):
    """The list changed while it was read, or the paging does not end."""


def list_window(
    client: ServicesClient,
    window: Window,
    seen: Callable[[list[str]], None] = lambda names: None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Listing:
    """Read the window's whole list; a part of it (`start`, `end`) is read when the whole would not hold still.

    :param seen: is told the job ids of every page as it comes, also of a list that is then read again.
    :raises IncompleteListing: even the shortest part could not be read without a gap.
    :raises TooLong: before anything of it was told to `seen`.
    :raises EndlessPaging: pages go on without an end.
    """
    start, end = start or window.start, end or window.end
    problem = ""
    for _ in range(READINGS):
        try:
            return _read(client, window, seen, start, end)
        except _Shifted as shifted:
            problem = str(shifted)
            log.warning("%s: %s; reading it again", window, problem)
    if end - start <= SHORTEST:
        raise IncompleteListing(
            f"{window}: {problem}. Read {READINGS} times and halved down to {start} to {end}; refusing to call the window "
            "complete, because jobs would be missing without a trace. Run the task again when fewer jobs change."
        )
    middle = start + (end - start) / 2
    log.info("%s: halving %s to %s: %s", window, start, end, problem)
    whole = list_window(client, window, seen, start, middle)
    whole.add(list_window(client, window, seen, middle, end))
    return whole


def _read(client: ServicesClient, window: Window, seen: Callable, start: datetime, end: datetime) -> Listing:
    bounds = dict(zip(plan.bounds(window), (start, end), strict=True))
    result, token, tokens = Listing(), None, set[str]()
    extent = Extent(operations.GET_JOBS.name, client.account.name)
    while True:
        answer = client.get_service_jobs(window.marketplace_id, **bounds, page_token=token)
        # an end that does not come is not found by reading again, or a shorter part
        extent.add(answer)
        payload, result.received_at = answer.payload, answer.received_at
        jobs, total, token = _page(payload, result.pages + 1)
        if result.pages == 0:
            result.total_result_size = total
        elif total != result.total_result_size:
            raise _Shifted(f"the total went from {result.total_result_size} to {total} while {result.pages} pages were read")
        if result.pages == 0 and (total or 0) > most_jobs(client.max_share) and end - start > SHORTEST:
            raise TooLong(f"{window} holds {total} jobs, more than {most_jobs(client.max_share)}")
        before = len(result.jobs), len(result.nameless)
        seen(_take(result, jobs))
        if not token:
            break
        if token in tokens:
            raise _Shifted(f"page {result.pages} gave a token that was given before")
        if (len(result.jobs), len(result.nameless)) == before:
            raise _Shifted(f"page {result.pages} held no job that was not on a page before")
        if result.total_result_size is not None and result.distinct > result.total_result_size:
            raise _Shifted(f"{result.distinct} different jobs were read of {result.total_result_size}, and pages go on")
        tokens.add(token)
    if result.total_result_size is None:
        result.total_result_size = result.distinct
    if result.distinct != result.total_result_size:
        raise _Shifted(f"{result.distinct} different jobs were read of {result.total_result_size}")
    return result


def _page(payload: dict, number: int) -> tuple[list, int | None, str | None]:
    """The jobs, the total and the token of a page. What is of another type is in no message: it may be personal."""
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
    names = []
    result.pages += 1
    result.listed += len(jobs)
    for job in jobs:
        if name := _name(job):
            result.jobs[name] = job
            names.append(name)
        else:
            result.nameless.append(job)
    return names


def _name(job: object) -> str:
    """The id of a listed job, empty where it has none that can be read."""
    try:
        return coerce.text(job.get("serviceJobId")) if isinstance(job, dict) else ""
    except coerce.Unreadable:
        return ""
