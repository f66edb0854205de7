"""Chooses windows: the hour of a schedule, or a long range in pieces."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TypedDict

from include.extract import settings, shortened
from include.warehouse.inputs.input_files import shown
from include.warehouse.loading.windows import BACKFILL, CREATED, JOBS, SCHEDULED, UPDATED, Window

FIRST_YEAR, LAST_YEAR = 2000, 2099


class NothingToRead(ValueError):
    """The whole range lies in the future."""


class Bounds(TypedDict, total=False):
    """The two bounds of a listing, as `ServicesClient.get_service_jobs` takes them."""

    created_after: datetime
    created_before: datetime
    last_updated_after: datetime
    last_updated_before: datetime


def readable_until(end: datetime, now: datetime) -> datetime:
    """Limit the end of a window to the settle lag before `now` (by the API's clock), because newer data may still change."""
    return min(end, now - settings.settle_lag()).astimezone(UTC)


def scheduled_jobs(account: str, marketplace_ids: tuple[str, ...], start: datetime, end: datetime, now: datetime) -> list[Window]:
    """The windows of one data interval, one per marketplace.

    A window ends a little before its interval (settle lag), and overlaps the window before.

    Raises:
        NothingToRead: The interval begins after `now`.
    """
    lag, overlap = settings.settle_lag(), settings.overlap()
    first, last = (start - lag - overlap).astimezone(UTC), readable_until(end - lag, now)
    if start >= now or last <= first:
        raise NothingToRead(
            f"{account}: the range from {start} to {end} has not begun by the API's clock, which says {now:%Y-%m-%d %H:%M:%S} "
            "UTC. If this is a scheduled run, the scheduler's clock is ahead: set it (NTP), and clear the task when the range "
            "is over."
        )
    begins = {marketplace: shortened.begin(account, marketplace, first, overlap) for marketplace in marketplace_ids}
    return [Window(account, marketplace, JOBS, SCHEDULED, UPDATED, begin, last) for marketplace, begin in begins.items()]


def scheduled_snapshot(account: str, entity: str, marketplace_ids: tuple[str, ...], end: datetime, now: datetime) -> list[Window]:
    """The windows of a snapshot of availability, one per marketplace: from the hour of its `as_of` to the horizon.

    `as_of` is the end of the data interval, or now if that is earlier.
    """
    as_of = readable_until(end - settings.settle_lag(), now)
    start = as_of.replace(minute=0, second=0, microsecond=0)
    return [
        Window(account, marketplace, entity, SCHEDULED, UPDATED, start, start + settings.horizon())
        for marketplace in marketplace_ids
    ]


def backfill_jobs(
    account: str, marketplace_ids: tuple[str, ...], start: datetime, end: datetime, filter: str = UPDATED
) -> list[Window]:
    """Split a range into adjacent windows, oldest first, and within each piece by marketplace."""
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


def parse_moment(text: object, name: str) -> datetime:
    """Parse the date or time of a parameter; without a zone it is UTC.

    Raises:
        ValueError: It is not a date or time, or is outside the years from `FIRST_YEAR` to `LAST_YEAR`.
    """
    try:
        moment = datetime.fromisoformat(text if isinstance(text, str) else "")
    except ValueError:
        raise ValueError(f"`{name}` should be a time in ISO 8601 such as 2026-10-01T00:00:00Z, but is {shown(text)}.") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"`{name}` should be a time of the years {FIRST_YEAR} to {LAST_YEAR}, but is {moment}.")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def bounds(window: Window, start: datetime, end: datetime) -> Bounds:
    """The bounds of a listing from `start` to `end`, by the filter of the window."""
    if window.filter == CREATED:
        return {"created_after": start, "created_before": end}
    return {"last_updated_after": start, "last_updated_before": end}
