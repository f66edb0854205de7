"""Keeps the schedules of resources equal to a table: compares them, and sends the times of the table where they differ.

Where rows of a resource overlap, the later row applies, as it does at Amazon.
"""

import logging
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime, timedelta

from include.services_api import Account, Availability, ServicesClient
from include.writes import local_hours, tables
from include.writes.calendars import SCHEDULED, CapacityRanges, Occurrence, ahead, capacity_of, occurrences
from include.writes.inputs import marketplace
from include.writes.local_hours import LocalHours
from include.writes.sending import WriteResult, carry_out
from include.writes.standing import KEPT_AHEAD, Piece
from include.writes.update_schedule import UpdateSchedule

log = logging.getLogger(__name__)

HORIZON_DAYS = 28


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


def differences(
    client: ServicesClient,
    schedules: dict[str, list[Availability | LocalHours]],
    marketplace_id: str | None = None,
    *,
    horizon_days: int = HORIZON_DAYS,
    allow_removal: bool = False,
    now: datetime | None = None,
) -> list[Difference]:
    """Compare the scheduled capacity with schedules, from now to the horizon, for times that have not begun.

    `schedules` are those of `schedule_tables.read`. `allow_removal` is that of `UpdateSchedule`; with it, the horizon is that of
    what would be removed, a year.

    Raises:
        InvalidParameter: A row breaks Amazon's rules; the API was not called.
    """
    now = (now or datetime.now(UTC)).astimezone(UTC)
    horizon = now + (KEPT_AHEAD if allow_removal else timedelta(days=horizon_days))
    wanted = {resource_id: _in_utc(client.account, rows, marketplace_id, resource_id) for resource_id, rows in schedules.items()}
    for resource_id, rows in wanted.items():
        if update := _update(resource_id, rows, marketplace_id, now):
            update.check(client.account, now)
    result = []
    for resource_id, rows in wanted.items():
        pieces = timeline(time for row in rows for time in occurrences(row) if now < time[1] and time[0] < horizon)
        shown = capacity_of(client, marketplace(client.account, marketplace_id), resource_id, [(now, horizon, None)], SCHEDULED)
        result += _compare(resource_id, pieces, shown, now, horizon, "removed" if allow_removal else "kept")
    return result


def apply(
    client: ServicesClient,
    schedules: dict[str, list[Availability | LocalHours]],
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
        rows = _in_utc(client.account, schedules[resource_id], marketplace_id, resource_id)
        update = _update(resource_id, rows, marketplace_id, datetime.now(UTC), allow_removal)
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


def _in_utc(
    account: Account, rows: list[Availability | LocalHours], marketplace_id: str | None, resource_id: str
) -> list[Availability]:
    return local_hours.in_utc(rows, account, marketplace(account, marketplace_id), resource_id)


def _update(
    resource_id: str, rows: list[Availability], marketplace_id: str | None, now: datetime, allow_removal: bool = False
) -> UpdateSchedule | None:
    """Return the write for the rows that have not passed; None if all have."""
    left = ahead(rows, now)
    if not left:
        return None
    return UpdateSchedule(
        resource_id=resource_id, schedules=left, allow_removal=allow_removal, part_of=tuple(rows), marketplace_id=marketplace_id
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
