"""The parameters of a backfill, validated, and an estimate of its cost."""

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
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
FILE_EXAMPLE = '{"job_ids_file": "manage-jobs.csv"}, with a column headed `Service Job ID`'


class BadBackfill(BadParameter):
    """A parameter is invalid. The message names it and gives an example."""


@dataclass(frozen=True)
class Backfill:
    """A range of jobs (`start` and `end`), or a list of them (`job_ids`). `max_share`: of the rate budget, above 0 to 1."""

    accounts: tuple[str, ...]
    start: datetime | None
    end: datetime | None
    by: str
    job_ids: tuple[str, ...]
    dry_run: bool
    max_share: float

    @classmethod
    def from_params(cls, params: dict) -> "Backfill":
        """Validate the parameters of a run.

        Raises:
            BadBackfill: A parameter is invalid.
        """
        accounts = _accounts(params)
        entities = _texts(params, "entities") or [JOBS]
        if entities != [JOBS]:
            raise BadBackfill(
                f"`entities` is {', '.join(entities[:5])}, but only {JOBS!r} can be backfilled: the API returns only the present "
                f'of slots and capacity. Example: {{"entities": ["{JOBS}"]}}'
            )
        ids = tuple(dict.fromkeys([*_texts(params, "job_ids"), *_ids_of_file(params.get("job_ids_file"))]))
        start = end = None
        if not ids:
            start, end = _moment(params, "start"), _moment(params, "end")
            if end <= start:
                raise BadBackfill(f"The range ends at {end}, which is not after its start {start}. Example: {EXAMPLE}")
        elif params.get("start") or params.get("end"):
            raise BadBackfill(f"Give `start` and `end`, or job ids, not both. Example: {EXAMPLE}")
        with _example('{"dry_run": true}'):
            dry_run = run_parameters.flag(params, "dry_run")
        return cls(accounts, start, end, _by(params), ids, dry_run, _share(params.get("max_share")))

    @property
    def scope(self) -> tuple:
        """What the backfill reads: a backfill of the same scope resumes one that was stopped."""
        return self.start, self.end, self.by, self.job_ids

    def windows(self, account: str, marketplace_ids: tuple[str, ...], asked_at: datetime) -> list[Window]:
        """The windows of one account; a list of jobs is one window.

        A range that reaches past `asked_at` ends a little before it, because a complete window states that everything up to its
        end was read.

        Raises:
            BadBackfill: The range starts in the future.
        """
        if self.start is None or self.end is None:
            return [Window(account, marketplace_ids[0], JOBS, BACKFILL, IDS, asked_at, asked_at)]
        end = plan.readable_until(self.end, asked_at)
        if end <= self.start:
            raise BadBackfill(f"The range starts at {self.start}, and there is nothing to read after {end}. Example: {EXAMPLE}")
        return plan.backfill_jobs(account, marketplace_ids, self.start, end, self.by)


def expect(client: ServicesClient, windows: list[Window], job_ids: tuple[str, ...]) -> dict[str, float]:
    """Estimate windows, jobs, calls and minutes (at the default rate limits) of a backfill, with one call per window."""
    count = jobs = pages = 0
    for window in windows:
        is_listed = window.filter != IDS
        total = _total(client, window) if is_listed else len(job_ids)
        log.info("%s: %s jobs", window, total)
        jobs += total
        count += max(1, math.ceil(total / most_jobs(client.max_share))) if is_listed else 1
        pages += max(1, math.ceil(total / PAGE_JOBS)) if is_listed else 0
    seconds = pages / GET_JOBS.limit.rate + max(0, jobs - GET_JOB.limit.burst) / GET_JOB.limit.rate
    minutes = round(seconds / client.max_share / 60, 1)
    estimate = {"windows": count, "jobs": jobs, "calls": pages + jobs, "minutes": minutes}
    log.info("Dry run of %s: %s", client.account.name, ", ".join(f"{value} {name}" for name, value in estimate.items()))
    return estimate


def _total(client: ServicesClient, window: Window) -> int:
    bounds = plan.bounds(window, window.start, window.end)
    return client.get_service_jobs(window.marketplace_id, **bounds, page_size=1).payload.get("totalResultSize") or 0


@contextmanager
def _example(example: str, prefix: str = "") -> Iterator[None]:
    """Turn the error of an invalid parameter into a `BadBackfill` with an example."""
    try:
        yield
    except (ValueError, OverflowError) as error:
        raise BadBackfill(f"{prefix}{error} Example: {example}") from None


def _accounts(params: dict) -> tuple[str, ...]:
    connections = settings.connections()
    accounts = tuple(_texts(params, "accounts") or connections)
    if unknown := [account for account in accounts if account not in connections]:
        raise BadBackfill(
            f"`accounts` names {', '.join(unknown[:5])}, but SERVICES_CONNECTIONS holds {', '.join(connections)}. "
            f'Example: {{"accounts": ["{connections[0]}"]}}'
        )
    return accounts


def _moment(params: dict, name: str) -> datetime:
    with _example(EXAMPLE):
        return plan.parse_moment(params.get(name), name).astimezone(UTC)


def _by(params: dict) -> str:
    by = params.get("by")
    if by is not None and by not in (UPDATED, CREATED):
        raise BadBackfill(f'`by` should be {UPDATED!r} or {CREATED!r}, but is {shown(by)}. Example: {{"by": "{UPDATED}"}}')
    return by or UPDATED


def _texts(params: dict, name: str) -> list[str]:
    with _example(f'{{"{name}": ["..."]}}'):
        return run_parameters.texts(params, name, MOST_IDS)


def _share(value: object) -> float:
    if value is None:
        return 1.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise BadBackfill(f'`max_share` should be above 0 and at most 1, but is {shown(value)}. Example: {{"max_share": 0.5}}')
    return float(value)


def _ids_of_file(file: object) -> list[str]:
    if file is None or file == "":
        return []
    with _example(FILE_EXAMPLE, "`job_ids_file`: "):
        return job_ids.of_file(file)
