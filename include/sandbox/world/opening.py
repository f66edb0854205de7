"""Opening hours of a store, possible starts of appointments, and reservations of its own calendar.

Hours are local: in UTC they shift with daylight saving time.
"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from include.sandbox.world.company import Store
from include.sandbox.world.times import DAY, HOUR, MINUTE, day_of

LUNCH_HOUR, TRAINING_WEEKDAY = 12, 2


def local_time(store: Store, day: date, hour: int) -> int:
    """Return the seconds of an hour (0 to 24) on a local date of the store."""
    day, hour = (day + timedelta(days=1), 0) if hour == 24 else (day, hour)
    return int(datetime.combine(day, time(hour), ZoneInfo(store.time_zone)).timestamp())


@lru_cache(maxsize=50_000)
def opening(store: Store, day: date) -> tuple[int, int] | None:
    """Return the seconds at which the store opens and closes on a local date; None if it stays closed."""
    if day.weekday() == store.closed_weekday:
        return None
    return local_time(store, day, store.opens), local_time(store, day, store.closes)


def slot_starts(store: Store, day: date, minutes: int) -> range:
    """Return the possible starts of an appointment of so many minutes on a local date: hourly, ending before the store closes."""
    hours = opening(store, day)
    if hours is None:
        return range(0)
    opens, closes = hours
    return range(opens + store.offset_minutes * MINUTE, closes - minutes * MINUTE + 1, HOUR)


@lru_cache(maxsize=50_000)
def _slot_starts(store: Store, days: int, minutes: int) -> range:
    return slot_starts(store, day_of(days * DAY), minutes)


def can_start(store: Store, start: int, minutes: int) -> bool:
    """Return whether an appointment of so many minutes can start then; a local date may begin a UTC day earlier or later."""
    days = start // DAY
    return any(start in _slot_starts(store, day, minutes) for day in (days, days - 1, days + 1))


def open_days(start: int, end: int) -> list[date]:
    """Return the local dates, in any time zone, that can overlap a range of seconds."""
    return [day_of(start + step * DAY) for step in range(-1, (end - start) // DAY + 3)]


def held_back(store: Store, day: date) -> list[tuple[int, int, int]]:
    """Return `(start, end, capacity)` of the store's own reservations on a local date: lunch and the weekly training."""
    if opening(store, day) is None:
        return []
    lunch = local_time(store, day, LUNCH_HOUR)
    reserved = [(lunch, lunch + HOUR, max(1, store.crew // 3))]
    if day.weekday() == TRAINING_WEEKDAY:
        training = local_time(store, day, 9)
        reserved.append((training, training + HOUR, max(1, store.crew // 2)))
    return reserved


def next_open_slot(store: Store, after: int, minutes: int, days_ahead: int, share: float) -> int:
    """Return a start some days after a time: the slot at this share of the first open day that begins later than `after`."""
    days = after // DAY + days_ahead
    while True:
        starts = _slot_starts(store, days, minutes)
        if starts and starts[0] > after:
            return starts[int(share * len(starts))]
        days += 1
