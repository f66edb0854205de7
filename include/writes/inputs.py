"""What people and templates write, read as what the API's model wants: text for times, numbers and lists is understood."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from include.services_api import Availability, FulfillmentDocument, Recurrence
from include.services_api.account import Account
from include.services_api.parameters import refuse


def moment(field: str, value: object) -> datetime:
    """:raises InvalidParameter: it cannot be read, or says no time zone."""
    try:
        read = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise refuse(field, "a time with a time zone, such as 2026-10-01T14:00:00Z", value)
    return read


def whole_number(field: str, value: object) -> int | None:
    """None where nothing was given."""
    if value is None or value == "":
        return None
    try:
        if isinstance(value, bool) or int(str(value)) != float(str(value)):
            raise ValueError
        return int(str(value))
    except ValueError:
        raise refuse(field, "a whole number", value) from None


def texts(field: str, value: object) -> tuple[str, ...]:
    """A list, or a text of values separated by commas, semicolons or spaces; each value once."""
    if isinstance(value, str):
        value = value.replace(",", " ").replace(";", " ").split()
    if not isinstance(value, Iterable) or isinstance(value, Mapping):
        raise refuse(field, "a list of texts", value)
    return tuple(dict.fromkeys(str(one).strip() for one in value))


def flag(field: str, value: object) -> bool:
    read = {"true": True, "false": False}.get(str(value).strip().lower())
    if read is None:
        raise refuse(field, "true or false", value)
    return read


def period(field: str, value: object) -> tuple[datetime, datetime] | None:
    """Start and end, from a pair or from `{"start": ..., "end": ...}`; None where nothing was given."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        value = (value.get("start"), value.get("end"))
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise refuse(field, "a start and an end", value)
    return moment(f"{field}.start", value[0]), moment(f"{field}.end", value[1])


def availability(field: str, value: object) -> Availability:
    """From `{"start", "end", "capacity", "recurrence": {"end", "days_of_week", "days_of_month"}}`; the last two are optional."""
    if isinstance(value, Availability):
        return value
    if not isinstance(value, Mapping):
        raise refuse(field, "an object with start and end", value)
    _known(field, value, ("start", "end", "capacity", "recurrence"))
    return Availability(
        moment(f"{field}.start", value.get("start")),
        moment(f"{field}.end", value.get("end")),
        whole_number(f"{field}.capacity", value.get("capacity")),
        _recurrence(f"{field}.recurrence", value.get("recurrence")),
    )


def documents(field: str, value: object) -> tuple[FulfillmentDocument, ...] | None:
    """From what uploading a document gave, one or a list; None where nothing was given."""
    if value is None:
        return None
    listed = [value] if isinstance(value, (Mapping, FulfillmentDocument)) else value
    if not isinstance(listed, (list, tuple)):
        raise refuse(field, "a list of uploaded documents", value)
    return tuple(_document(field, one) for one in listed)


def marketplace(account: Account, given: str | None) -> str:
    """The marketplace that was given, or the connection's only one."""
    if given:
        return given
    if len(account.marketplace_ids) != 1:
        raise refuse("marketplace_id", f"given, because the connection {account.name} has no single one", given)
    return account.marketplace_ids[0]


def _recurrence(field: str, value: object) -> Recurrence | None:
    if value is None or isinstance(value, Recurrence):
        return value
    if not isinstance(value, Mapping):
        raise refuse(field, "an object with end, and days_of_week or days_of_month", value)
    _known(field, value, ("end", "days_of_week", "days_of_month"))
    days = [whole_number(f"{field}.days_of_month", day) for day in texts(field, value.get("days_of_month") or ())]
    names = (name.upper() for name in texts(field, value.get("days_of_week") or ()))
    return Recurrence(moment(f"{field}.end", value.get("end")), tuple(names), tuple(days))


def _document(field: str, value: object) -> FulfillmentDocument:
    if isinstance(value, FulfillmentDocument):
        return value
    try:
        return FulfillmentDocument(value["upload_destination_id"], value["content_sha256"])
    except (KeyError, TypeError):
        raise refuse(field, "objects with upload_destination_id and content_sha256", value) from None


def _known(field: str, value: Mapping, names: tuple[str, ...]) -> None:
    unknown = [str(name) for name in value if name not in names]
    if unknown:
        raise refuse(field, f"an object of {', '.join(names)}", unknown)
