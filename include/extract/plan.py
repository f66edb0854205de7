"""Which windows to ask for: the hour of a schedule, or a long range cut into pieces."""

from collections.abc import Iterator
from datetime import UTC, datetime

from include.extract import settings
from include.warehouse.input_files import shown
from include.warehouse.windows import BACKFILL, CREATED, JOBS, SCHEDULED, UPDATED, Window

FIRST_YEAR, LAST_YEAR = 2000, 2099


def scheduled_jobs(account: str, marketplace_ids: tuple[str, ...], start: datetime, end: datetime) -> list[Window]:
    """The windows of one data interval: it ends a little before the interval, and begins inside the window before."""
    lag, overlap = settings.settle_lag(), settings.overlap()
    first, last = (start - lag - overlap).astimezone(UTC), (end - lag).astimezone(UTC)
    return [
        Window(account, marketplace, JOBS, SCHEDULED, UPDATED, first, last)
        for marketplace in marketplace_ids
    ]  # fmt: skip


def scheduled_snapshot(account: str, entity: str, marketplace_ids: tuple[str, ...], end: datetime) -> list[Window]:
    """What lies ahead at the end of a data interval: from the hour of its `as_of` to the horizon."""
    as_of = (end - settings.settle_lag()).astimezone(UTC)
    start = as_of.replace(minute=0, second=0, microsecond=0)
    return [Window(account, one, entity, SCHEDULED, UPDATED, start, start + settings.horizon()) for one in marketplace_ids]


def backfill_jobs(
    account: str, marketplace_ids: tuple[str, ...], start: datetime, end: datetime, filter: str = UPDATED
) -> list[Window]:
    """A range cut into pieces that touch, oldest first, marketplace by marketplace within a piece."""
    return [
        Window(account, marketplace, JOBS, BACKFILL, filter, left, right)
        for left, right in _pieces(start.astimezone(UTC), end.astimezone(UTC))
        for marketplace in marketplace_ids
    ]


def _pieces(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    length = settings.backfill_window()
    while start < end:
        yield start, min(start + length, end)
        start += length


def parse_moment(text: str, name: str) -> datetime:
    """A parameter's date or time; without a zone it is UTC.

    Raises:
        ValueError: It is none, or lies outside the years in which there can be jobs.
    """
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise ValueError(f"`{name}` should be a time in ISO 8601 such as 2026-10-01T00:00:00Z, but is {shown(text)}.") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"`{name}` should be a time of the years {FIRST_YEAR} to {LAST_YEAR}, but is {moment}.")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def bounds(window: Window) -> tuple[str, str]:
    """The client's names for the window's two ends, by what it filters on."""
    return ("created_after", "created_before") if window.filter == CREATED else ("last_updated_after", "last_updated_before")
