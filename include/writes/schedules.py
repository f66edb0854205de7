"""Resource schedules kept equal to a table: the difference first, then whole schedules of the resources that differ.

A row: `resource_id, start, end, capacity`, and where it recurs `repeat_until`, `days_of_week`, `days_of_month`. Times carry a
time zone, days are those of UTC. Where rows of a resource overlap, the later one counts, as it does for Amazon.
"""

import logging
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from include.services_api import Availability, Recurrence, ServicesClient
from include.services_api.parameters import DAYS_OF_WEEK, choices, number, refuse
from include.writes import tables
from include.writes.calendars import Shown, occurrences, scheduled_capacity
from include.writes.capacity import UpdateSchedule
from include.writes.inputs import marketplace, moment, texts
from include.writes.sending import SETTLE_SECONDS, Done, carry_out

log = logging.getLogger(__name__)

COLUMNS = ("resource_id", "start", "end", "capacity")
OPTIONAL = ("repeat_until", "days_of_week", "days_of_month")
HORIZON_DAYS = 28
FIRST_YEAR, LAST_YEAR = 2000, 2099
TIME = f"a time with a time zone, such as 2026-10-01T14:00:00Z, of the years {FIRST_YEAR} to {LAST_YEAR}"
# of any marketplace; the longer ones are judged when the account is known
SHORTEST_SLOT = timedelta(minutes=5)
MOST_CAPACITY = 1_000_000


@dataclass(frozen=True)
class Difference:
    """A time in which a resource shows another capacity than the table wants. `wanted`: None where the table says nothing.

    What the table does not name cannot be taken away by a schedule: Amazon has no way to clear one. A reservation can block it.
    """

    resource_id: str
    start: str
    end: str
    shown: int
    wanted: int | None


def read(file: str, table: str | None = None) -> dict[str, list[Availability]]:
    """The wanted schedule of each resource, in the table's order.

    :raises InvalidParameter: names the row that cannot be read.
    """
    wanted: dict[str, list[Availability]] = {}
    for row in tables.read(file, COLUMNS, OPTIONAL, table):
        if not row["resource_id"] or len(row["resource_id"]) > 100:
            raise row.refuse("resource_id", "a text of 1 to 100 characters")
        wanted.setdefault(row["resource_id"], []).append(_availability(row))
    return wanted


def _availability(row: tables.Row) -> Availability:
    """:raises InvalidParameter: names the cell that cannot be read."""
    start, end = (row.read(name, _moment, TIME) for name in ("start", "end"))
    if end - start < SHORTEST_SLOT:
        raise row.refuse("end", "at least 5 minutes after the start")
    capacity = row.read("capacity", _capacity, f"a whole number from 1 to {MOST_CAPACITY:,}, of digits alone")
    days = {name: row.get(name) for name in ("days_of_week", "days_of_month")}
    if not row.get("repeat_until"):
        if given := next((name for name, text in days.items() if text), None):
            raise row.refuse("repeat_until", f"given, because the row has {given}")
        return Availability(start, end, capacity)
    until = row.read("repeat_until", _moment, TIME)
    if until < start:
        raise row.refuse("repeat_until", "after the start")
    week = row.read("days_of_week", _days_of_week, f"days such as {', '.join(DAYS_OF_WEEK[:2])}") if days["days_of_week"] else ()
    month = row.read("days_of_month", _days_of_month, "days from 1 to 31") if days["days_of_month"] else ()
    return Availability(start, end, capacity, Recurrence(until, week, month))


def _moment(column: str, text: str) -> datetime:
    read = moment(column, text)
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise refuse(column, TIME, text)
    return read


def _capacity(column: str, text: str) -> int:
    # Python reads more than that as a number: 1_000, digits of other scripts
    if not re.fullmatch("[0-9]{1,7}", text) or not 1 <= int(text) <= MOST_CAPACITY:
        raise refuse(column, "a whole number", text)
    return int(text)


def _days_of_week(column: str, text: str) -> tuple[str, ...]:
    return tuple(choices(column, [day.upper() for day in texts(column, text)], DAYS_OF_WEEK))


def _days_of_month(column: str, text: str) -> tuple[int, ...]:
    return tuple(number(column, _capacity(column, day), 1, 31) for day in texts(column, text))


def differences(
    client: ServicesClient,
    wanted: dict[str, list[Availability]],
    marketplace_id: str | None = None,
    *,
    horizon_days: int = HORIZON_DAYS,
    now: datetime | None = None,
) -> list[Difference]:
    """Where resources differ from the table, from now to the horizon, of times that have not begun.

    :raises InvalidParameter: a row breaks Amazon's rules; nothing was read.
    """
    now = (now or datetime.now(UTC)).astimezone(UTC)
    horizon = now + timedelta(days=horizon_days)
    updates = {resource_id: _update(resource_id, rows, marketplace_id, now) for resource_id, rows in wanted.items()}
    for update in updates.values():
        if update:
            update.check(client.account, now)
    found = []
    for resource_id, rows in wanted.items():
        pieces = timeline(one for row in rows for one in occurrences(row) if now < one[0] < horizon)
        shown = scheduled_capacity(client, marketplace(client.account, marketplace_id), resource_id, [(now, horizon, None)])
        found += _compare(resource_id, pieces, shown, now, horizon)
    return found


def apply(
    client: ServicesClient,
    wanted: dict[str, list[Availability]],
    resource_ids: Iterable[str],
    *,
    requested_by: str,
    marketplace_id: str | None = None,
    settle_seconds: float = SETTLE_SECONDS,
) -> dict[str, Done]:
    """Send the whole schedule of each of these resources, as far as it lies ahead; what came of it by resource.

    A resource whose times have all passed meanwhile is left out.

    :raises ServicesApiError: the first resource that was not taken; running again goes on with it.
    """
    done = {}
    for resource_id in resource_ids:
        update = _update(resource_id, wanted[resource_id], marketplace_id, datetime.now(UTC))
        if update is None:
            log.info("%s: all times of the table are over; there is nothing to send.", resource_id)
            continue
        done[resource_id] = carry_out(client, update, requested_by=requested_by, settle_seconds=settle_seconds)
        log.info("%s: %s", resource_id, done[resource_id].outcome)
    return done


def report(name: str, found: list[Difference]) -> dict[str, object]:
    """Write and log the difference; returns the report's path and what it counts."""
    file = tables.write_report(name, [asdict(one) for one in found])
    for one in found:
        wants = "says nothing" if one.wanted is None else f"wants {one.wanted}"
        log.info("%s %s to %s: %d is scheduled, the table %s", one.resource_id, one.start, one.end, one.shown, wants)
    to_apply = [one for one in found if one.wanted is not None]
    return {
        "report": str(file), "differences": len(to_apply), "not_in_the_table": len(found) - len(to_apply),
        "resources": sorted({one.resource_id for one in to_apply}),
    }  # fmt: skip


def timeline(times: Iterable[tuple[datetime, datetime, int | None]]) -> list[tuple[datetime, datetime, int]]:
    """Pieces without overlap, in order: of several times that cover a moment, the last one counts."""
    pieces: list[tuple[datetime, datetime, int]] = []
    for start, end, capacity in times:
        kept = []
        for first, last, other in pieces:
            kept += [(first, min(last, start), other)] if first < start else []
            kept += [(max(first, end), last, other)] if last > end else []
        pieces = [*kept, (start, end, capacity or 1)]
    return sorted(pieces)


def _update(resource_id: str, rows: list[Availability], marketplace_id: str | None, now: datetime) -> UpdateSchedule | None:
    """All that a table wants of a resource and that is not over."""
    ahead = [row for row in rows if (row.recurrence.end + (row.end - row.start) if row.recurrence else row.end) > now]
    if not ahead:
        return None
    return UpdateSchedule(resource_id=resource_id, schedules=ahead, part_of=tuple(rows), marketplace_id=marketplace_id)


def _compare(resource_id: str, pieces: list, shown: Shown, now: datetime, horizon: datetime) -> list[Difference]:
    found = []

    def tell(start: datetime, end: datetime, capacity: int, wanted: int | None) -> None:
        found.append(Difference(resource_id, start.isoformat(), end.isoformat(), capacity, wanted))

    at = now
    for start, end, wanted in pieces:
        for first, last, capacity in shown.within(at, start) if at < start else []:
            if capacity:
                tell(first, last, capacity, None)
        for first, last, capacity in shown.within(start, min(end, horizon)):
            if capacity != wanted:
                tell(first, last, capacity, wanted)
        at = max(at, end)
    for first, last, capacity in shown.within(at, horizon) if at < horizon else []:
        if capacity:
            tell(first, last, capacity, None)
    return found
