"""Times of capacity: the occurrences of an availability, and the capacity that a resource shows at these times."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from include.services_api import Availability, ServicesClient
from include.services_api.paging import range_capacity_pages
from include.services_api.parameters import DAYS_OF_WEEK, moment, refuse
from include.writes import guide, inputs

DAY = timedelta(days=1)
SCHEDULED, RESERVED = "SCHEDULED_CAPACITY", "RESERVED_CAPACITY"
LONGEST_OCCURRENCE = DAY
LONGEST_QUERY = 90 * DAY
Occurrence = tuple[datetime, datetime, int | None]


def occurrences(availability: Availability) -> list[Occurrence]:
    """Return start, end and capacity of every occurrence; days of a recurrence are days in UTC, as they are sent."""
    start, end, recurrence = availability.start.astimezone(UTC), availability.end.astimezone(UTC), availability.recurrence
    if recurrence is None:
        return [(start, end, availability.capacity)]
    times = []
    for step in range((recurrence.end - start) // DAY + 1):
        day = start + step * DAY
        if recurrence.days_of_week and DAYS_OF_WEEK[day.weekday()] not in recurrence.days_of_week:
            continue
        if recurrence.days_of_month and day.day not in recurrence.days_of_month:
            continue
        times.append((day, end + step * DAY, availability.capacity))
    return times


def ahead(availabilities: Iterable[Availability], now: datetime) -> list[Availability]:
    """Return the availabilities that have not passed."""
    ends = ((item, item.recurrence.end + (item.end - item.start) if item.recurrence else item.end) for item in availabilities)
    return [item for item, end in ends if end > now]


def check_availability(field: str, availability: Availability, marketplace_id: str, now: datetime) -> None:
    """Check an availability against the rules of a marketplace.

    Raises:
        InvalidParameter: It is too short for the marketplace, lies in the past, or recurs on no day.
    """
    shortest, length = guide.shortest_slot(marketplace_id), availability.end - availability.start
    if length < shortest:
        where = guide.country(marketplace_id) or marketplace_id
        raise refuse(field, f"at least {shortest // timedelta(minutes=1)} minutes long in {where}", f"{length}")
    recurrence = availability.recurrence
    if recurrence is None:
        last_end = availability.end
    else:
        if length > LONGEST_OCCURRENCE:
            raise refuse(field, "at most a day long where it recurs", f"{length}")
        times = occurrences(availability)
        if not times:
            raise refuse(f"{field}.recurrence", "one that recurs at least once between start and its end, by days of the week "
                         "and of the month in UTC", recurrence)  # fmt: skip
        last_end = times[-1][1]
    if last_end <= now:
        raise refuse(field, f"one that ends in the future (now: {moment('now', now)})", moment("end", last_end))


@dataclass(frozen=True)
class CapacityRanges:
    """One type of capacity of a resource as ranges of equal capacity, in order. Between them the capacity is 0."""

    ranges: tuple[tuple[datetime, datetime, int], ...]

    def within(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime, int]]:
        """Divide a time into consecutive pieces of equal capacity that cover all of it."""
        pieces, at = [], start
        for first, last, capacity in self.ranges:
            if last > at and first < end:
                if first > at:
                    pieces.append((at, first, 0))
                pieces.append((max(first, at), min(last, end), capacity))
                at = min(last, end)
        return [*pieces, (at, end, 0)] if at < end else pieces

    def least(self, start: datetime, end: datetime) -> int:
        """Return the lowest capacity within a time."""
        return min(capacity for _, _, capacity in self.within(start, end))

    def differs(self, start: datetime, end: datetime, capacity: int | None) -> bool:
        """Return whether the capacity is another one at any moment of a time."""
        return any(shown != capacity for _, _, shown in self.within(start, end))


def capacity_of(
    client: ServicesClient, marketplace_id: str, resource_id: str, times: list[Occurrence], capacity_type: str
) -> CapacityRanges:
    """Read one of `CAPACITY_TYPES` of a resource from the first to the last of these times."""
    # answers are in whole seconds: what is read reaches to the whole seconds around the times
    first, last = min(start for start, _, _ in times).replace(microsecond=0), max(end for _, end, _ in times)
    last = (last + timedelta(seconds=1, microseconds=-1)).replace(microsecond=0)
    ranges = []
    while first < last:
        until = min(last, first + LONGEST_QUERY)
        for page in range_capacity_pages(client, marketplace_id, resource_id, first, until, capacity_types=[capacity_type]):
            for record in page.body.get("capacities") or []:
                ranges += [_range(slot) for slot in record.get("slots") or [] if record.get("capacityType") == capacity_type]
        first = until
    return CapacityRanges(tuple(sorted(ranges)))


def _range(slot: dict) -> tuple[datetime, datetime, int]:
    start, end = (inputs.moment(name, slot.get(name)) for name in ("startDateTime", "endDateTime"))
    return start, end, inputs.whole_number("capacity", slot.get("capacity")) or 0
