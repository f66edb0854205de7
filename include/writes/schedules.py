"""Keeps the schedules of resources equal to a table: compares them, and sends the times of the table where they differ.

A row has `resource_id, start, end, capacity`, and if it recurs `repeat_until` and optionally `days_of_week, days_of_month`. Times
need a time zone; days are days in UTC. Where rows of a resource overlap, the later row applies, as it does at Amazon.
"""

import logging
import re
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime, timedelta

from include.services_api import Availability, Recurrence, ServicesClient
from include.services_api.parameters import DAYS_OF_WEEK, choices, number, refuse
from include.writes import tables
from include.writes.calendars import SCHEDULED, CapacityRanges, Occurrence, capacity_of, occurrences
from include.writes.guide import SHORTEST_SLOT_ELSEWHERE
from include.writes.inputs import marketplace, moment, texts
from include.writes.sending import WriteResult, carry_out
from include.writes.standing import KEPT_AHEAD, Piece
from include.writes.update_schedule import UpdateSchedule

log = logging.getLogger(__name__)

COLUMNS = ("resource_id", "start", "end", "capacity")
OPTIONAL = ("repeat_until", "days_of_week", "days_of_month")
HORIZON_DAYS = 28
FIRST_YEAR, LAST_YEAR = 2000, 2099
TIME = f"a time with a time zone, such as 2026-10-01T14:00:00Z, of the years {FIRST_YEAR} to {LAST_YEAR}"
MOST_CAPACITY = 1_000_000


@dataclass(frozen=True)
class Difference:
    """A time at which a resource has another scheduled capacity than the table.

    Attributes:
        shown: The scheduled capacity.
        wanted: The capacity of the table; None for a time that the table does not contain.
        effect: What applying the table does: `set`, or for a time that it does not contain `kept` or, if that is allowed,
            `removed`.
    """

    resource_id: str
    start: str
    end: str
    shown: int
    wanted: int | None
    effect: str


def read(file: str, table: str | None = None) -> dict[str, list[Availability]]:
    """Read the schedule of each resource, in the order of the table.

    Args:
        file: The path of a CSV, Parquet or DuckDB file with `COLUMNS` and perhaps some of `OPTIONAL`.
        table: For a DuckDB file, its `schema.table`.

    Raises:
        InvalidParameter: A row cannot be read; the message names it.
    """
    schedules: dict[str, list[Availability]] = {}
    for row in tables.read(file, COLUMNS, OPTIONAL, table):
        if not row["resource_id"] or len(row["resource_id"]) > 100:
            raise row.refuse("resource_id", "a text of 1 to 100 characters")
        schedules.setdefault(row["resource_id"], []).append(_availability(row))
    return schedules


def _availability(row: tables.Row) -> Availability:
    start, end = (row.read(name, _moment, TIME) for name in ("start", "end"))
    # of any marketplace: longer ones are checked once the account is known
    if end - start < SHORTEST_SLOT_ELSEWHERE:
        raise row.refuse("end", "at least 5 minutes after the start")
    capacity = row.read("capacity", _capacity, f"a whole number from 1 to {MOST_CAPACITY:,}, of digits alone")
    days = {name: row[name] for name in ("days_of_week", "days_of_month")}
    if not row["repeat_until"]:
        if column := next((name for name, text in days.items() if text), None):
            raise row.refuse("repeat_until", f"given, because the row has {column}")
        return Availability(start, end, capacity)
    until = row.read("repeat_until", _moment, TIME)
    if until < start:
        raise row.refuse("repeat_until", "after the start")
    week = row.read("days_of_week", _days_of_week, f"days such as {', '.join(DAYS_OF_WEEK[:2])}") if days["days_of_week"] else ()
    month = row.read("days_of_month", _days_of_month, "days from 1 to 31") if days["days_of_month"] else ()
    return Availability(start, end, capacity, Recurrence(until, week, month))


def _moment(column: str, text: str) -> datetime:
    time = moment(column, text)
    if not FIRST_YEAR <= time.year <= LAST_YEAR:
        raise refuse(column, TIME, text)
    return time


def _capacity(column: str, text: str) -> int:
    # int() accepts more: 1_000, and digits of other scripts
    if not re.fullmatch("[0-9]{1,7}", text) or not 1 <= int(text) <= MOST_CAPACITY:
        raise refuse(column, "a whole number", text)
    return int(text)


def _days_of_week(column: str, text: str) -> tuple[str, ...]:
    return tuple(choices(column, [day.upper() for day in texts(column, text)], DAYS_OF_WEEK))


def _days_of_month(column: str, text: str) -> tuple[int, ...]:
    return tuple(number(column, _capacity(column, day), 1, 31) for day in texts(column, text))


def differences(
    client: ServicesClient,
    schedules: dict[str, list[Availability]],
    marketplace_id: str | None = None,
    *,
    horizon_days: int = HORIZON_DAYS,
    allow_removal: bool = False,
    now: datetime | None = None,
) -> list[Difference]:
    """Compare the scheduled capacity with the schedules of `read`, from now to the horizon, for times that have not begun.

    `allow_removal` is that of `UpdateSchedule`; with it, the horizon is that of what would be removed, a year.

    Raises:
        InvalidParameter: A row breaks Amazon's rules; the API was not called.
    """
    now = (now or datetime.now(UTC)).astimezone(UTC)
    horizon = now + (KEPT_AHEAD if allow_removal else timedelta(days=horizon_days))
    for resource_id, rows in schedules.items():
        if update := _update(resource_id, rows, marketplace_id, now):
            update.check(client.account, now)
    result = []
    for resource_id, rows in schedules.items():
        pieces = timeline(time for row in rows for time in occurrences(row) if now < time[1] and time[0] < horizon)
        shown = capacity_of(client, marketplace(client.account, marketplace_id), resource_id, [(now, horizon, None)], SCHEDULED)
        result += _compare(resource_id, pieces, shown, now, horizon, "removed" if allow_removal else "kept")
    return result


def apply(
    client: ServicesClient,
    schedules: dict[str, list[Availability]],
    resource_ids: Iterable[str],
    *,
    requested_by: str,
    marketplace_id: str | None = None,
    allow_removal: bool = False,
) -> dict[str, WriteResult]:
    """Send the future part of the table's schedule of each of these resources.

    A resource whose times have all passed is skipped. `requested_by` is that of `carry_out`, `allow_removal` that of
    `UpdateSchedule`.

    Returns:
        The result by resource.

    Raises:
        ServicesApiError: A resource was refused; a rerun continues with it.
    """
    results = {}
    for resource_id in resource_ids:
        update = _update(resource_id, schedules[resource_id], marketplace_id, datetime.now(UTC), allow_removal)
        if update is None:
            log.info("%s: all times of the table have passed; nothing is sent.", resource_id)
            continue
        results[resource_id] = carry_out(client, update, requested_by=requested_by)
        log.info("%s: %s", resource_id, results[resource_id].outcome)
    return results


def report(name: str, found: list[Difference]) -> dict[str, object]:
    """Write and log the differences.

    Returns:
        `report` (its path), `differences` (number of those that applying the table settles), `not_in_the_table` (number of the
        others), and `resources` (ids of those that differ).
    """
    file = tables.write_report(name, [asdict(difference) for difference in found])
    for row in found:
        expected = "nothing" if row.wanted is None else row.wanted
        log.info("%s %s to %s: %d is scheduled, the table has %s: %s", *astuple(row)[:4], expected, row.effect)
    to_apply = [row for row in found if row.effect != "kept"]
    return {
        "report": str(file), "differences": len(to_apply), "not_in_the_table": len(found) - len(to_apply),
        "resources": sorted({row.resource_id for row in to_apply}),
    }  # fmt: skip


def timeline(times: Iterable[Occurrence]) -> list[Piece]:
    """Resolve overlaps: return pieces in order, each with the capacity of the last of the times that cover it."""
    pieces: list[Piece] = []
    for start, end, capacity in times:
        kept = []
        for first, last, other in pieces:
            kept += [(first, min(last, start), other)] if first < start else []
            kept += [(max(first, end), last, other)] if last > end else []
        pieces = [*kept, (start, end, capacity or 1)]
    return sorted(pieces)


def _update(
    resource_id: str, rows: list[Availability], marketplace_id: str | None, now: datetime, allow_removal: bool = False
) -> UpdateSchedule | None:
    """Return the write for the rows that have not passed; None if all have."""
    ahead = [row for row in rows if (row.recurrence.end + (row.end - row.start) if row.recurrence else row.end) > now]
    if not ahead:
        return None
    return UpdateSchedule(
        resource_id=resource_id, schedules=ahead, allow_removal=allow_removal, part_of=tuple(rows), marketplace_id=marketplace_id
    )


def _compare(
    resource_id: str, pieces: list[Piece], shown: CapacityRanges, now: datetime, horizon: datetime, effect_on_others: str
) -> list[Difference]:
    """Compare the pieces of the table and the gaps between them, in which no capacity is expected."""
    times: list[Occurrence] = []
    at = now
    for start, end, wanted in [*pieces, (horizon, horizon, 0)]:
        times.append((at, start, None))
        # what has begun is not compared
        if start > now:
            times.append((start, min(end, horizon), wanted))
        at = max(at, end)
    return [
        Difference(resource_id, first.isoformat(), last.isoformat(), capacity, wanted, "set" if wanted else effect_on_others)
        for start, end, wanted in times
        if start < end
        for first, last, capacity in shown.within(start, end)
        if capacity != (wanted or 0)
    ]
