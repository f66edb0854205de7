"""Checks and formats parameters according to the API's model, before anything is sent.

Every function takes the field's name first and raises `InvalidParameter`, which names it.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from include.services_api.errors import InvalidParameter

Item = TypeVar("Item")

JOB_STATUSES = ("NOT_SERVICED", "CANCELLED", "COMPLETED", "PENDING_SCHEDULE", "NOT_FULFILLABLE", "HOLD", "PAYMENT_DECLINED")
SORT_FIELDS = ("JOB_DATE", "JOB_STATUS")
SORT_ORDERS = ("ASC", "DESC")
CAPACITY_TYPES = ("SCHEDULED_CAPACITY", "AVAILABLE_CAPACITY", "ENCUMBERED_CAPACITY", "RESERVED_CAPACITY")
RESERVATION_TYPES = ("APPOINTMENT", "TRAVEL", "VACATION", "BREAK", "TRAINING")
DAYS_OF_WEEK = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
DOCUMENT_TYPES = ("TIFF", "JPG", "PNG", "JPEG", "GIF", "PDF")
LARGEST_DOCUMENT_BYTES = 5_242_880
LONGEST_SLOT_RANGE = timedelta(days=90)

ORDER_ID = r"[0-9\-]+"
TRACKING_ID = r"[A-Za-z0-9\-]+"
REASON_CODE = r"[A-Z0-9_]+"
MARKETPLACE_ID = r"[A-Z0-9]+"
MD5 = r"[A-Za-z0-9\\+/]{22}={2}"


def refuse(field: str, expected: str, value: object) -> InvalidParameter:
    """The error for an invalid value. `expected` completes "should be ..."."""
    return InvalidParameter(f"{field} should be {expected}, but is {value!r}. Nothing was sent.")


def text(field: str, value: object, *, least: int = 1, most: int = 100, pattern: str = "") -> str:
    """A text of `least` to `most` characters that matches `pattern` as a whole, unchanged."""
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise refuse(field, f"a text of {least} to {most} characters", value)
    if pattern and not re.fullmatch(pattern, value):
        raise refuse(field, f"a text of the form {pattern}", value)
    return value


def choice(field: str, value: str, among: tuple[str, ...]) -> str:
    """A value that is one of `among`, unchanged."""
    if value not in among:
        raise refuse(field, f"one of {', '.join(among)}", value)
    return value


def number(field: str, value: object, least: int, most: int, step: int = 1) -> int:
    """A whole number from `least` to `most` that is a multiple of `step`, unchanged."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most or value % step:
        raise refuse(field, f"a whole number from {least} to {most}" + (f", a multiple of {step}" if step > 1 else ""), value)
    return value


def values(field: str, items: Iterable[Item], most: int) -> list[Item]:
    """The 1 to `most` items as a list."""
    result = list(items) if isinstance(items, Iterable) and not isinstance(items, str) else []
    if not 1 <= len(result) <= most:
        raise refuse(field, f"a list of 1 to {most} values", items)
    return result


def texts(field: str, items: Iterable[str], most: int = 20, *, longest: int = 100, shortest: int = 1, pattern: str = "") -> str:
    """The items separated by commas, for a query."""
    result = [text(field, item, least=shortest, most=longest, pattern=pattern) for item in values(field, items, most)]
    for item in result:
        if "," in item:
            raise refuse(field, "a list of values without commas", item)
    return ",".join(result)


def choices(field: str, items: Iterable[str], among: tuple[str, ...]) -> list[str]:
    """A list of items that are each one of `among`."""
    return [choice(field, item, among) for item in values(field, items, len(among))]


def moment(field: str, value: datetime | None) -> str:
    """ISO-8601 in UTC, with milliseconds if there are any."""
    value = _aware(field, value).astimezone(UTC)
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds").replace("+00:00", "Z")


def _aware(field: str, value: datetime | None) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise refuse(field, "a datetime with a time zone", value)
    return value


def period(
    start_field: str, start: datetime | None, end_field: str, end: datetime | None, longest: timedelta | None = None
) -> dict[str, str]:
    """Start and end by the names of their fields, in order and at most `longest` apart."""
    start, end = _aware(start_field, start), _aware(end_field, end)
    result = {start_field: moment(start_field, start), end_field: moment(end_field, end)}
    if end <= start:
        raise refuse(end_field, f"later than {start_field} ({result[start_field]})", result[end_field])
    if longest and end - start > longest:
        raise refuse(end_field, f"at most {longest.days} days after {start_field} ({result[start_field]})", result[end_field])
    return result


def marketplace(value: str) -> dict[str, str]:
    """The query of one marketplace."""
    return {"marketplaceIds": text("marketplace_id", value, pattern=MARKETPLACE_ID)}


def drop_none(**fields: Item | None) -> dict[str, Item]:
    """The fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}
