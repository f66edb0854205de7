"""Converters of what people and templates write: times, numbers and lists may be given as text."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from include.services_api import Availability, FulfillmentDocument, Recurrence
from include.services_api.account import Account
from include.services_api.parameters import refuse


def moment(field: str, value: object) -> datetime:
    """Return an aware datetime from a datetime or ISO-8601 text.

    Raises:
        InvalidParameter: The value is no time, or has no time zone.
    """
    try:
        time = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise refuse(field, "a time with a time zone, such as 2026-10-01T14:00:00Z", value)
    return time


def whole_number(field: str, value: object) -> int | None:
    """Return an integer from a number or text; None for None and for an empty text."""
    return None if value is None or value == "" else _integer(field, value)


def texts(field: str, value: object) -> tuple[str, ...]:
    """Return distinct texts from a list, or from a text that separates them by commas, semicolons or spaces."""
    if isinstance(value, str):
        value = value.replace(",", " ").replace(";", " ").split()
    if not isinstance(value, Iterable) or isinstance(value, Mapping):
        raise refuse(field, "a list of texts", value)
    return tuple(dict.fromkeys(str(item).strip() for item in value))


def flag(field: str, value: object) -> bool:
    """Return a boolean from a boolean or the texts `true` and `false`."""
    result = {"true": True, "false": False}.get(str(value).strip().lower())
    if result is None:
        raise refuse(field, "true or false", value)
    return result


def period(field: str, value: object) -> tuple[datetime, datetime] | None:
    """Return start and end from a pair or from `{"start": ..., "end": ...}`; None for None."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        value = (value.get("start"), value.get("end"))
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise refuse(field, "a start and an end", value)
    return moment(f"{field}.start", value[0]), moment(f"{field}.end", value[1])


def availability(field: str, value: object) -> Availability:
    """Convert `{"start", "end"}`, optionally with `capacity` and `recurrence: {"end", "days_of_week", "days_of_month"}`."""
    if isinstance(value, Availability):
        return value
    if not isinstance(value, Mapping):
        raise refuse(field, "an object with start and end", value)
    check_names(field, value, ("start", "end", "capacity", "recurrence"))
    return Availability(
        moment(f"{field}.start", value.get("start")),
        moment(f"{field}.end", value.get("end")),
        whole_number(f"{field}.capacity", value.get("capacity")),
        _recurrence(f"{field}.recurrence", value.get("recurrence")),
    )


def documents(field: str, value: object) -> tuple[FulfillmentDocument, ...] | None:
    """Convert one result of `UploadDocument`, or a list of them; None for None."""
    if value is None:
        return None
    items = [value] if isinstance(value, (Mapping, FulfillmentDocument)) else value
    if not isinstance(items, (list, tuple)):
        raise refuse(field, "a list of uploaded documents", value)
    return tuple(_document(field, item) for item in items)


def check_names(field: str, value: Mapping, names: tuple[str, ...]) -> None:
    """Raise `InvalidParameter` if an object has a name that is none of these."""
    unknown = [str(name) for name in value if name not in names]
    if unknown:
        raise refuse(field, f"an object of {', '.join(names)}", unknown)


def marketplace(account: Account, marketplace_id: str | None) -> str:
    """Return the given marketplace, or the only one of the connection."""
    if marketplace_id:
        return marketplace_id
    if len(account.marketplace_ids) != 1:
        raise refuse("marketplace_id", f"given, because the connection {account.name} has no single one", marketplace_id)
    return account.marketplace_ids[0]


def _integer(field: str, value: object) -> int:
    try:
        if isinstance(value, bool) or int(str(value)) != float(str(value)):
            raise ValueError
        return int(str(value))
    except ValueError:
        raise refuse(field, "a whole number", value) from None


def _recurrence(field: str, value: object) -> Recurrence | None:
    if value is None or isinstance(value, Recurrence):
        return value
    if not isinstance(value, Mapping):
        raise refuse(field, "an object with end, and days_of_week or days_of_month", value)
    check_names(field, value, ("end", "days_of_week", "days_of_month"))
    days = [_integer(f"{field}.days_of_month", day) for day in texts(field, value.get("days_of_month") or ())]
    names = (name.upper() for name in texts(field, value.get("days_of_week") or ()))
    return Recurrence(moment(f"{field}.end", value.get("end")), tuple(names), tuple(days))


def _document(field: str, value: object) -> FulfillmentDocument:
    if isinstance(value, FulfillmentDocument):
        return value
    if isinstance(value, Mapping) and {"upload_destination_id", "content_sha256"} <= value.keys():
        return FulfillmentDocument(value["upload_destination_id"], value["content_sha256"])
    raise refuse(field, "objects with upload_destination_id and content_sha256", value)
