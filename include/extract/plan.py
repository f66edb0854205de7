"""Which windows to ask for: the hour of a schedule, or a long range cut into pieces."""

from collections.abc import Iterator
from datetime import UTC, datetime

from include.extract import settings, shortened
from include.warehouse.inputs.input_files import shown
from include.warehouse.loading.windows import BACKFILL, CREATED, JOBS, SCHEDULED, UPDATED, Window

FIRST_YEAR, LAST_YEAR = 2000, 2099


class NothingToRead(ValueError):
    """A range that lies ahead as a whole: nobody can have updated anything in it."""


def readable_until(end: datetime, now: datetime) -> datetime:
    """Where a window ends that should end at `end`: what is newer than the settle lag may still change.

    Args:
        now: the time by the API's clock, see `ServicesClient.checked_time`.
    """
    return min(end, now - settings.settle_lag()).astimezone(UTC)


def scheduled_jobs(account: str, marketplace_ids: tuple[str, ...], start: datetime, end: datetime, now: datetime) -> list[Window]:
    """The windows of one data interval: it ends a little before the interval, and begins inside the window before.

    Raises:
        NothingToRead: the interval begins after `now`.
    """
    lag, overlap = settings.settle_lag(), settings.overlap()
    first, last = (start - lag - overlap).astimezone(UTC), readable_until(end - lag, now)
    if start >= now or last <= first:
        raise NothingToRead(
            f"{account}: the range from {start} to {end} has not begun by the API's clock, which says {now:%Y-%m-%d %H:%M:%S} "
            "UTC. Where a schedule asked for it, the scheduler's clock is ahead: set it (NTP), and clear the task when the "
            "range is over."
        )
    begins = {marketplace: shortened.begin(account, marketplace, first, overlap) for marketplace in marketplace_ids}
    return [Window(account, marketplace, JOBS, SCHEDULED, UPDATED, begin, last) for marketplace, begin in begins.items()]


def scheduled_snapshot(account: str, entity: str, marketplace_ids: tuple[str, ...], end: datetime, now: datetime) -> list[Window]:
    """What lies ahead at the end of a data interval, or now if that is earlier: from the hour of its `as_of` to the horizon."""
    as_of = readable_until(end - settings.settle_lag(), now)
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
