"""The schedule that stands: what is scheduled at a resource, and what of it remains beside new times.

`updateSchedule` replaces the whole schedule of a resource, and no operation returns the schedule as it was sent. So what is
scheduled is read as capacity, and what new times do not cover is sent again together with them.
"""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from include.services_api import Availability, Recurrence, ServicesClient
from include.services_api.parameters import DAYS_OF_WEEK, moment
from include.writes.calendars import DAY, LONGEST_OCCURRENCE, SCHEDULED, Occurrence, capacity_of

log = logging.getLogger(__name__)

# the furthest start of an appointment
KEPT_AHEAD = 365 * DAY
HOUR = timedelta(hours=1)
WEEK = 7 * DAY
Piece = tuple[datetime, datetime, int]


def scheduled(client: ServicesClient, marketplace_id: str, resource_id: str, now: datetime) -> list[Piece]:
    """Read the scheduled capacity from now to `KEPT_AHEAD`, in order; a time that has begun starts up to two hours ago."""
    first = now.replace(minute=0, second=0, microsecond=0)
    shown = capacity_of(client, marketplace_id, resource_id, [(first, first + KEPT_AHEAD, None)], SCHEDULED)
    pieces: list[Piece] = []
    for start, end, capacity in shown.ranges:
        if pieces and pieces[-1][1] == start and pieces[-1][2] == capacity:
            # pages and queries divide a time
            pieces[-1] = (pieces[-1][0], end, capacity)
        elif capacity:
            # so that the rest of a time that ends soon is not too short to be sent
            begun = start - HOUR if start <= first else start
            pieces.append((begun.astimezone(UTC), end.astimezone(UTC), capacity))
    if pieces and pieces[-1][1] > first + KEPT_AHEAD - WEEK:
        log.warning("%s: what is scheduled after %s is not read, and is not sent again.", resource_id, pieces[-1][1].date())
    return [piece for piece in pieces if piece[1] > now]


def outside(pieces: Iterable[Piece], times: Iterable[Occurrence]) -> list[Piece]:
    """Return the parts of pieces, which are in order, that none of these times covers."""
    covered = _merged(times)
    parts, index = [], 0
    for start, end, capacity in pieces:
        while index < len(covered) and covered[index][1] <= start:
            index += 1
        at = start
        for first, last in _until(covered, index, end):
            if first > at:
                parts.append((at, first, capacity))
            at = max(at, last)
        if at < end:
            parts.append((at, end, capacity))
    return parts


def recurring(pieces: Iterable[Occurrence]) -> list[Availability]:
    """Write pieces as few availabilities: the same time of the same weekday in consecutive weeks becomes one that recurs."""
    runs: dict[tuple, list[list[datetime]]] = {}
    for start, end, capacity in sorted(pieces, key=lambda piece: piece[:2]):
        of_kind = runs.setdefault((start.weekday(), start.time(), end - start, capacity), [])
        if of_kind and start - of_kind[-1][-1] == WEEK and end - start <= LONGEST_OCCURRENCE:
            of_kind[-1][-1] = start
        else:
            of_kind.append([start, start])
    availabilities = []
    for (weekday, _, length, capacity), of_kind in runs.items():
        for first, last in of_kind:
            recurrence = Recurrence(last + length, (DAYS_OF_WEEK[weekday],)) if first < last else None
            availabilities.append(Availability(first, first + length, capacity, recurrence))
    return sorted(availabilities, key=lambda availability: availability.start)


def listed(pieces: list[Piece], most: int = 5) -> str:
    """Return pieces as text for logs and errors, the first `most` of them."""
    texts = [f"{moment('start', start)} to {moment('end', end)} ({capacity})" for start, end, capacity in pieces[:most]]
    return ", ".join(texts) + (f" and {len(pieces) - most:,} more" if len(pieces) > most else "")


def as_given(availabilities: Iterable[Availability]) -> list[dict]:
    """Return availabilities as `local_hours.schedules` reads them; they can be stored as JSON."""
    return [_as_given(availability) for availability in availabilities]


def _as_given(availability: Availability) -> dict:
    times = {"start": availability.start.isoformat(), "end": availability.end.isoformat(), "capacity": availability.capacity}
    if (recurrence := availability.recurrence) is None:
        return times
    days = {"days_of_week": list(recurrence.days_of_week), "days_of_month": list(recurrence.days_of_month)}
    return times | {"recurrence": {"end": recurrence.end.isoformat(), **{name: value for name, value in days.items() if value}}}


def _merged(times: Iterable[Occurrence]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for start, end, _ in sorted(times, key=lambda time: time[:2]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _until(covered: list[tuple[datetime, datetime]], index: int, end: datetime) -> Iterable[tuple[datetime, datetime]]:
    while index < len(covered) and covered[index][0] < end:
        yield covered[index]
        index += 1
