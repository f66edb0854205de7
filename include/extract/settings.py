"""Settings of extraction with their defaults, read from the environment when needed, and validated."""

import os
from datetime import timedelta


class BadSetting(ValueError):
    """An environment variable is invalid; the message names it."""


def _number(name: str, default: float, least: float, most: float) -> float:
    text = os.environ.get(name, "").strip()
    try:
        value = float(text) if text else default
    except ValueError:
        raise BadSetting(f"{name} should be a number from {least:g} to {most:g}, but is {text!r}.") from None
    if not least <= value <= most:
        raise BadSetting(f"{name} should be from {least:g} to {most:g}, but is {value:g}.")
    return value


def connections() -> list[str]:
    """The accounts that are loaded: Airflow connection ids."""
    names = os.environ.get("SERVICES_CONNECTIONS", "amazon_services_default").split(",")
    return list(dict.fromkeys(name.strip() for name in names if name.strip())) or ["amazon_services_default"]


def settle_lag() -> timedelta:
    """How far before now a scheduled window ends: the API's newest minutes may still change."""
    return timedelta(minutes=_number("SERVICES_SETTLE_LAG_MINUTES", 2, 0, 24 * 60))


def overlap() -> timedelta:
    """How much of the previous window is read again: reading a job twice is harmless, missing one is not."""
    return timedelta(minutes=_number("SERVICES_WINDOW_OVERLAP_MINUTES", 5, 0, 24 * 60))


def backfill_window() -> timedelta:
    """The length of a backfill's windows; a window with too many jobs is halved when it is listed."""
    return timedelta(hours=_number("SERVICES_BACKFILL_WINDOW_HOURS", 24 * 7, 0.25, 24 * 31))


def backfill_timeout() -> timedelta:
    """How long a task of a backfill may run: a million jobs take 14 hours, or 140 hours with a `max_share` of 0.1."""
    return timedelta(hours=_number("SERVICES_BACKFILL_TIMEOUT_HOURS", 24 * 7, 1, 24 * 90))


def timeout_factor() -> float:
    """Multiplies the execution timeouts of all other tasks."""
    return _number("SERVICES_TIMEOUT_FACTOR", 1, 0.1, 100)


def horizon() -> timedelta:
    """How far ahead slots and capacity are read."""
    return timedelta(days=_number("SERVICES_HORIZON_DAYS", 14, 1, 90))


def capacity_formats() -> tuple[str, ...]:
    """The formats in which capacity is read. `fixed` is for the marts by hour, `range` for `fct_capacity_ranges`."""
    text = os.environ.get("SERVICES_CAPACITY_FORMATS", "").strip() or "fixed"
    formats = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if not set(formats) <= {"fixed", "range"}:
        raise BadSetting(f"SERVICES_CAPACITY_FORMATS should be `fixed`, `range` or `fixed,range`, but is {text!r}.")
    return formats


def threads() -> int:
    """Requests in flight. At 250 to 500 ms per answer, ten use the budget of 20 per second; the budget sets the pace."""
    return int(_number("SERVICES_THREADS", 12, 1, 64))
