"""When a store is open, where its appointments can start, and what its own calendar keeps back.

Hours are local: the UTC hours shift with daylight saving time.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from include.sandbox.world.company import Store
from include.sandbox.world.times import DAY, HOUR, MINUTE, day_of

LUNCH_HOUR, TRAINING_WEEKDAY = 12, 2


def local_time(store: Store, day: date, hour: int) -> int:
    """Seconds at which it is `hour` (0 to 24) on a local date of the store."""
    day, hour = (day + timedelta(days=1), 0) if hour == 24 else (day, hour)
    return int(datetime.combine(day, time(hour), ZoneInfo(store.time_zone)).timestamp())


@lru_cache(maxsize=50_000)
def opening(store: Store, day: date) -> tuple[int, int] | None:
    """Seconds at which the store opens and closes on a local date; None on the weekday it stays closed."""
    if day.weekday() == store.closed_weekday:
        return None
    return local_time(store, day, store.opens), local_time(store, day, store.closes)


def slot_starts(store: Store, day: date, minutes: int) -> range:
    """Every time at which an appointment of so many minutes can start on a local date: hourly, ending before the store closes."""
    hours = opening(store, day)
    if hours is None:
        return range(0)
    opens, closes = hours
    return range(opens + store.offset_minutes * MINUTE, closes - minutes * MINUTE + 1, HOUR)


@lru_cache(maxsize=50_000)
def _slot_starts(store: Store, days: int, minutes: int) -> range:
    return slot_starts(store, day_of(days * DAY), minutes)


def can_start(store: Store, start: int, minutes: int) -> bool:
    """Whether an appointment of so many minutes can start then; a local date may begin a UTC day earlier or later."""
    days = start // DAY
    return (
        start in _slot_starts(store, days, minutes)
        or start in _slot_starts(store, days - 1, minutes)
        or start in _slot_starts(store, days + 1, minutes)
    )


def open_days(start: int, end: int) -> list[date]:
    """The local dates, of any time zone, that can touch a range of seconds."""
    return [day_of(start + step * DAY) for step in range(-1, (end - start) // DAY + 3)]


def held_back(store: Store, day: date) -> list[tuple[int, int, int]]:
    """What the store's calendar reserves on a local date: `(start, end, capacity)` for lunch, and for the weekly training."""
    if opening(store, day) is None:
        return []
    lunch = local_time(store, day, LUNCH_HOUR)
    reserved = [(lunch, lunch + HOUR, max(1, store.crew // 3))]
    if day.weekday() == TRAINING_WEEKDAY:
        training = local_time(store, day, 9)
        reserved.append((training, training + HOUR, max(1, store.crew // 2)))
    return reserved


def next_open_slot(store: Store, after: int, minutes: int, days_ahead: int, share: float) -> int:
    """A start some days after a time: the slot at a share of the first open day that begins later than `after`."""
    days = after // DAY + days_ahead
    while True:
        starts = _slot_starts(store, days, minutes)
        if starts and starts[0] > after:
            return starts[int(share * len(starts))]
        days += 1
