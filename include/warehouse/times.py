"""Times as texts, in the JSON files of the warehouse."""

from collections.abc import Callable
from datetime import UTC, datetime


def is_time(value: object) -> bool:
    """Whether `value` is a text in ISO 8601 with a time zone."""
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def now(clock: Callable[[], datetime] | None = None) -> str:
    """Return the time of `clock`, by default the machine's, always in UTC and with microseconds: such texts sort as times do."""
    return (clock() if clock else datetime.now(UTC)).isoformat(timespec="microseconds")
