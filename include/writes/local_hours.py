"""Schedules as people give them: as times, or as hours of a store in its local time on days of the week.

Local hours are sent as times in UTC, which change with the store's summer time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from include.services_api import Availability
from include.services_api.account import Account
from include.services_api.parameters import DAYS_OF_WEEK, choices, refuse
from include.writes import inputs, standing, store_zones
from include.writes.calendars import DAY, Occurrence

END_OF_DAY = "24:00"
NAMES = ("first_date", "last_date", "start_time", "end_time", "capacity", "days_of_week", "time_zone")
MOST_DAYS = 730


@dataclass(frozen=True)
class LocalHours:
    """Capacity at the same local hours of several days.

    Attributes:
        first_date: The first day.
        last_date: The last day, at most two years later.
        start_time: The local time at which each day's capacity begins.
        end_time: The local time at which it ends; None for the end of the day.
        capacity: The capacity.
        days_of_week: The days on which it applies; empty for all.
        time_zone: The time zone; None for that of the store.
    """

    first_date: date
    last_date: date
    start_time: time
    end_time: time | None
    capacity: int | None = None
    days_of_week: tuple[str, ...] = ()
    time_zone: ZoneInfo | None = None

    def availabilities(self, zone: ZoneInfo) -> list[Availability]:
        """Return the times in UTC, where the hours are those of `zone`."""
        return standing.recurring(self._pieces(zone))

    def problem(self) -> tuple[str, str] | None:
        """Return a field that does not fit the others, and what it should be; None if all fit."""
        if not self.first_date <= self.last_date <= self.first_date + MOST_DAYS * DAY:
            return "last_date", f"the first date or a later one, at most {MOST_DAYS} days later"
        if self.end_time is not None and self.end_time <= self.start_time:
            return "end_time", f"later than the start time on the same day, or {END_OF_DAY}"
        if not self._pieces(ZoneInfo("UTC")):
            return "days_of_week", "a day between the first and the last date"
        return None

    def _pieces(self, zone: ZoneInfo) -> list[Occurrence]:
        pieces: list[Occurrence] = []
        for step in range((self.last_date - self.first_date) // DAY + 1):
            day = self.first_date + step * DAY
            if not self.days_of_week or DAYS_OF_WEEK[day.weekday()] in self.days_of_week:
                start = _utc(day, self.start_time, zone)
                end = _utc(day + DAY, time(0), zone) if self.end_time is None else _end(day, self.end_time, zone)
                # hours that the change to summer time leaves out do not exist
                if start < end:
                    pieces.append((start, end, self.capacity))
        return pieces


def schedules(field: str, value: object) -> tuple[Availability | LocalHours, ...]:
    """Convert a list of availabilities (`inputs.availability`) and of objects of `NAMES`."""
    if isinstance(value, (str, dict)) or not isinstance(value, Iterable):
        raise refuse(field, "a list of objects with start and end, or with first_date, last_date, start_time and end_time", value)
    return tuple(_schedule(f"{field}[{index}]", item) for index, item in enumerate(value))


def in_utc(
    times: Iterable[Availability | LocalHours], account: Account, marketplace_id: str, store_id: str
) -> list[Availability]:
    """Return the times of a store in UTC."""
    result: list[Availability] = []
    for item in times:
        if isinstance(item, Availability):
            result.append(item)
        else:
            result += item.availabilities(item.time_zone or store_zones.zone_of(account.name, marketplace_id, store_id))
    return result


def _schedule(field: str, value: object) -> Availability | LocalHours:
    if isinstance(value, LocalHours):
        return value
    if not isinstance(value, Mapping) or not set(NAMES[:4]) & set(value):
        return inputs.availability(field, value)
    inputs.check_names(field, value, NAMES)
    names = [name.upper() for name in inputs.texts(f"{field}.days_of_week", value.get("days_of_week") or ())]
    hours = LocalHours(
        day(f"{field}.first_date", value.get("first_date")),
        day(f"{field}.last_date", value.get("last_date")),
        clock_time(f"{field}.start_time", value.get("start_time")),
        end_time(f"{field}.end_time", value.get("end_time")),
        inputs.whole_number(f"{field}.capacity", value.get("capacity")),
        tuple(choices(f"{field}.days_of_week", names, DAYS_OF_WEEK)) if names else (),
        time_zone(f"{field}.time_zone", value.get("time_zone")),
    )
    if problem := hours.problem():
        name, expected = problem
        raise refuse(f"{field}.{name}", expected, value.get(name))
    return hours


def day(field: str, value: object) -> date:
    """Return a date from a date or ISO-8601 text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise refuse(field, "a date, such as 2026-10-01", value) from None


def clock_time(field: str, value: object) -> time:
    """Return a local time of whole minutes from a time or text."""
    try:
        result = value if isinstance(value, time) else time.fromisoformat(str(value).strip())
    except ValueError:
        result = None
    if result is None or result.tzinfo or result.second or result.microsecond:
        raise refuse(field, "a local time of whole minutes, such as 08:30", value)
    return result


def end_time(field: str, value: object) -> time | None:
    """Return a local time as `clock_time`; None for `END_OF_DAY`."""
    return None if str(value).strip() == END_OF_DAY else clock_time(field, value)


def time_zone(field: str, value: object) -> ZoneInfo | None:
    """Return a time zone by its IANA name; None for None and for an empty text."""
    if value is None or value == "":
        return None
    if isinstance(value, ZoneInfo):
        return value
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refuse(field, "an IANA time zone, such as America/New_York", value) from None


def _utc(day: date, at: time, zone: ZoneInfo, fold: int = 0) -> datetime:
    return datetime.combine(day, at.replace(fold=fold), zone).astimezone(UTC)


def _end(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return an end in UTC: of an hour that comes twice the second one, so that both are covered."""
    return max(_utc(day, at, zone), _utc(day, at, zone, fold=1))
