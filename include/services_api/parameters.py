"""Parameters as the API's model wants them, or an error that names the field: checked before anything is sent."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from include.services_api.errors import InvalidParameter

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
    return InvalidParameter(f"{field} should be {expected}, but is {value!r}. Nothing was sent.")


def text(field: str, value: object, *, least: int = 1, most: int = 100, pattern: str = "") -> str:
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise refuse(field, f"a text of {least} to {most} characters", value)
    if pattern and not re.fullmatch(pattern, value):
        raise refuse(field, f"a text of the form {pattern}", value)
    return value


def choice(field: str, value: object, among: tuple[str, ...]) -> str:
    if value not in among:
        raise refuse(field, f"one of {', '.join(among)}", value)
    return value


def number(field: str, value: object, least: int, most: int, step: int = 1) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most or value % step:
        raise refuse(field, f"a whole number from {least} to {most}" + (f", a multiple of {step}" if step > 1 else ""), value)
    return value


def values(field: str, given: Iterable[str], most: int) -> list:
    """One to `most` values as a list."""
    listed = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else []
    if not 1 <= len(listed) <= most:
        raise refuse(field, f"a list of 1 to {most} values", given)
    return listed


def texts(field: str, given: Iterable[str], most: int = 20, *, longest: int = 100, shortest: int = 1, pattern: str = "") -> str:
    """A list as it stands in a query: its values, separated by commas."""
    listed = [text(field, one, least=shortest, most=longest, pattern=pattern) for one in values(field, given, most)]
    for one in listed:
        if "," in one:
            raise refuse(field, "a list of values without commas", one)
    return ",".join(listed)


def choices(field: str, given: Iterable[str], among: tuple[str, ...]) -> list[str]:
    return [choice(field, one, among) for one in values(field, given, len(among))]


def moment(field: str, value: object) -> str:
    """ISO-8601 in UTC, with milliseconds where there are any."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise refuse(field, "a datetime with a time zone", value)
    value = value.astimezone(UTC)
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds").replace("+00:00", "Z")


def period(start_field: str, start: object, end_field: str, end: object, longest: timedelta | None = None) -> dict[str, str]:
    """Start and end by their fields' names, in order and no longer than `longest`."""
    result = {start_field: moment(start_field, start), end_field: moment(end_field, end)}
    if end <= start:
        raise refuse(end_field, f"later than {start_field} ({result[start_field]})", result[end_field])
    if longest and end - start > longest:
        raise refuse(end_field, f"at most {longest.days} days after {start_field} ({result[start_field]})", result[end_field])
    return result


def marketplace(value: object) -> dict[str, str]:
    return {"marketplaceIds": text("marketplace_id", value, pattern=MARKETPLACE_ID)}


def given(**fields: object) -> dict:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}
