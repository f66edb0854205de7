"""Whole seconds since the epoch, and the ISO-8601 UTC text of the API."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

MINUTE, HOUR, DAY = 60, 3_600, 86_400
FOREVER = 2**62


def to_iso(seconds: int) -> str:
    """Return text such as `2026-10-01T08:00:00Z`."""
    return _date_text(seconds // DAY) + _time_text(seconds % DAY)


@lru_cache(maxsize=10_000)
def _date_text(days: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


@lru_cache(maxsize=DAY)
def _time_text(seconds: int) -> str:
    return f"T{seconds // HOUR:02d}:{seconds // MINUTE % 60:02d}:{seconds % MINUTE:02d}Z"


def from_iso(text: str) -> int:
    """Return the seconds of an ISO-8601 time; without an offset it is UTC. Raises ValueError for other texts."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def read_iso(text: str, refusal: Exception) -> int:
    """Return the seconds of an ISO-8601 time; raise `refusal` for another text."""
    try:
        return from_iso(text)
    except (ValueError, OverflowError):
        raise refusal from None


def midnight(day: date) -> int:
    """Return the seconds at which a UTC day begins."""
    return (day - date(1970, 1, 1)) // timedelta(days=1) * DAY


def day_of(seconds: int) -> date:
    """Return the UTC day of a moment."""
    return date(1970, 1, 1) + timedelta(days=seconds // DAY)
