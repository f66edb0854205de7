"""Whole seconds since the epoch, and the ISO-8601 UTC text that the API speaks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

MINUTE, HOUR, DAY = 60, 3_600, 86_400
FOREVER = 2**62


def to_iso(seconds: int) -> str:
    """`2026-10-01T08:00:00Z`."""
    return _date_text(seconds // DAY) + _time_text(seconds % DAY)


@lru_cache(maxsize=10_000)
def _date_text(days: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


@lru_cache(maxsize=DAY)
def _time_text(seconds: int) -> str:
    return f"T{seconds // HOUR:02d}:{seconds // MINUTE % 60:02d}:{seconds % MINUTE:02d}Z"


def from_iso(text: str) -> int:
    """Seconds of an ISO-8601 time; a time without an offset is UTC. Raises ValueError where it cannot be read."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def midnight(day: date) -> int:
    """The UTC midnight at which a day begins."""
    return (day - date(1970, 1, 1)) // timedelta(days=1) * DAY


def day_of(seconds: int) -> date:
    return date(1970, 1, 1) + timedelta(days=seconds // DAY)
