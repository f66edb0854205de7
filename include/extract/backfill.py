"""A backfill as its parameters ask for it: any range of jobs, or a list of them; refused early if it cannot work."""

import logging
import math
from dataclasses import dataclass
from datetime import UTC, datetime

from include.extract import job_ids, plan, settings
from include.extract.listing import most_jobs
from include.services_api import ServicesClient
from include.services_api.operations import GET_JOB, GET_JOBS
from include.warehouse.inputs import run_parameters
from include.warehouse.inputs.input_files import shown
from include.warehouse.inputs.run_parameters import BadParameter
from include.warehouse.loading.windows import BACKFILL, CREATED, IDS, JOBS, UPDATED, Window

log = logging.getLogger(__name__)

PAGE_JOBS = 20
MOST_IDS = 10_000
EXAMPLE = '{"start": "2026-10-01T00:00:00Z", "end": "2026-11-01T00:00:00Z"}'


FILE_EXAMPLE = 'Example: {"job_ids_file": "manage-jobs.csv"}, with a column headed `Service Job ID`'


class BadBackfill(BadParameter):
    """A parameter that cannot be used: the message names it, and gives an example."""


@dataclass(frozen=True)
class Backfill:
    """What to read. Either `start` and `end`, or `job_ids`. `max_share`: of the rate budget, above 0 and at most 1."""

    accounts: tuple[str, ...]
    start: datetime | None
    end: datetime | None
    by: str
    job_ids: tuple[str, ...]
    dry_run: bool
    max_share: float

    @classmethod
    def from_params(cls, params: dict) -> "Backfill":
        """:raises BadBackfill: for every parameter that cannot be used."""
        known = settings.connections()
        accounts = tuple(_texts(params, "accounts") or known)
        if unknown := [account for account in accounts if account not in known]:
            raise BadBackfill(
                f"`accounts` names {', '.join(unknown[:5])}, but SERVICES_CONNECTIONS holds {', '.join(known)}. "
                f'Example: {{"accounts": ["{known[0]}"]}}'
            )
        entities = _texts(params, "entities") or [JOBS]
        if entities != [JOBS]:
            raise BadBackfill(
                f"`entities` is {', '.join(entities[:5])}, but only {JOBS!r} has a past: the API tells only the present of slots "
                f'and capacity. Example: {{"entities": ["{JOBS}"]}}'
            )
        by = _by(params)
        rest = {"by": by, "dry_run": _dry_run(params), "max_share": _share(params.get("max_share"))}
        named = tuple(dict.fromkeys([*_texts(params, "job_ids"), *_ids_of_file(params.get("job_ids_file"))]))
        if named:
            if params.get("start") or params.get("end"):
                raise BadBackfill(f"Give `start` and `end`, or job ids, not both. Example: {EXAMPLE}")
            return cls(accounts, None, None, job_ids=named, **rest)
        start, end = _moment(params, "start"), _moment(params, "end")
        if end <= start:
            raise BadBackfill(f"The range ends at {end}, which is not after its start {start}. Example: {EXAMPLE}")
        return cls(accounts, start, end, job_ids=(), **rest)

    @property
    def scope(self) -> tuple:
        """What it reads: a backfill of the same scope goes on where one that was stopped was."""
        return self.start, self.end, self.by, self.job_ids

    def windows(self, account: str, marketplace_ids: tuple[str, ...], asked_at: datetime) -> list[Window]:
        """The windows of one account; a list of jobs is one window at the moment it was asked for.

        A range that reaches past that moment ends a little before it: a window that is complete says that everything up to
        its end has been read.
        """
        if self.job_ids:
            return [Window(account, marketplace_ids[0], JOBS, BACKFILL, IDS, asked_at, asked_at)]
        end = plan.readable_until(self.end, asked_at)
        if end <= self.start:
            raise BadBackfill(f"The range starts at {self.start}, and there is nothing to read after {end}. Example: {EXAMPLE}")
        return plan.backfill_jobs(account, marketplace_ids, self.start, end, self.by)


def expect(client: ServicesClient, windows: list[Window], job_ids: tuple[str, ...]) -> dict[str, float]:
    """What a backfill would cost, at one call a window: windows, jobs, calls, and minutes at the default rate limits."""
    count = jobs = pages = 0
    for window in windows:
        total = len(job_ids) if window.filter == IDS else _total(client, window)
        log.info("%s: %s jobs", window, total)
        jobs += total
        count += max(1, math.ceil(total / most_jobs(client.max_share))) if window.filter != IDS else 1
        pages += 0 if window.filter == IDS else max(1, math.ceil(total / PAGE_JOBS))
    seconds = pages / GET_JOBS.limit.rate + max(0, jobs - GET_JOB.limit.burst) / GET_JOB.limit.rate
    minutes = round(seconds / client.max_share / 60, 1)
    found = {"windows": count, "jobs": jobs, "calls": pages + jobs, "minutes": minutes}
    log.info("Dry run of %s: %s", client.account.name, ", ".join(f"{value} {name}" for name, value in found.items()))
    return found


def _total(client: ServicesClient, window: Window) -> int:
    after, before = plan.bounds(window)
    payload = client.get_service_jobs(window.marketplace_id, **{after: window.start, before: window.end}, page_size=1).payload
    return payload.get("totalResultSize") or 0


def _moment(params: dict, name: str) -> datetime:
    try:
        return plan.parse_moment(params.get(name), name).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadBackfill(f"{error} Example: {EXAMPLE}") from None


def _by(params: dict) -> str:
    by = params.get("by")
    if by is not None and by not in (UPDATED, CREATED):
        raise BadBackfill(f'`by` should be {UPDATED!r} or {CREATED!r}, but is {shown(by)}. Example: {{"by": "{UPDATED}"}}')
    return by or UPDATED


def _dry_run(params: dict) -> bool:
    try:
        return run_parameters.flag(params, "dry_run")
    except BadParameter as error:
        raise BadBackfill(f'{error} Example: {{"dry_run": true}}') from None


def _texts(params: dict, name: str) -> list[str]:
    try:
        return run_parameters.texts(params, name, MOST_IDS)
    except BadParameter as error:
        raise BadBackfill(f'{error} Example: {{"{name}": ["..."]}}') from None


def _share(value: object) -> float:
    if value is None:
        return 1.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise BadBackfill(f'`max_share` should be above 0 and at most 1, but is {shown(value)}. Example: {{"max_share": 0.5}}')
    return float(value)


def _ids_of_file(file: object) -> list[str]:
    if file is None or file == "":
        return []
    try:
        return job_ids.of_file(file)
    except BadParameter as error:
        raise BadBackfill(f"`job_ids_file`: {error} {FILE_EXAMPLE}") from None
