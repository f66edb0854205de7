"""The `VTIMEZONE` of a time zone: a calendar file holds the rules of its own local times.

`icalendar.Timezone.from_tzid` is not used: it gives the beginning of summer time in the time after the change, and RFC 5545 has
it in the time before.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

DAY = timedelta(days=1)


@cache
def component(time_zone: str, first_year: int, last_year: int) -> bytes:
    """Return the text of the component for all moments of these years."""
    zone, begin = ZoneInfo(time_zone), datetime(first_year, 1, 1, tzinfo=UTC) - DAY
    found = Timezone()
    found.add("TZID", time_zone)
    for moment in (begin, *_changes(zone, begin, datetime(last_year + 1, 1, 1, tzinfo=UTC) + DAY)):
        found.add_component(_observance(zone, moment))
    return found.to_ical()


def _observance(zone: ZoneInfo, begin: datetime) -> TimezoneStandard | TimezoneDaylight:
    """Return the offset that is in force from a moment on."""
    after = begin.astimezone(zone)
    before = (begin - timedelta(seconds=1)).astimezone(zone)
    part = TimezoneDaylight() if after.dst() else TimezoneStandard()
    # by the offset before the change
    part.add("DTSTART", (begin + _offset(before)).replace(tzinfo=None))
    part.add("TZNAME", after.tzname() or "")
    part.add("TZOFFSETFROM", _offset(before))
    part.add("TZOFFSETTO", _offset(after))
    return part


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the moments at which the offset changes, to the minute."""
    moment = begin
    while moment < end:
        if _state(zone, moment) != _state(zone, moment + DAY):
            same, other = 0, 24 * 60
            while other - same > 1:
                middle = (same + other) // 2
                if _state(zone, moment + timedelta(minutes=middle)) == _state(zone, moment):
                    same = middle
                else:
                    other = middle
            yield moment + timedelta(minutes=other)
        moment += DAY


def _state(zone: ZoneInfo, moment: datetime) -> tuple:
    local = moment.astimezone(zone)
    return local.utcoffset(), local.dst()


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or timedelta()
