"""Converts single values of payloads to their canonical form.

The API is not strict: Amazon's own examples hold `"180"` for a number and `2021-04-04T01:0:00Z` for a time. Each function returns
the canonical form of a value, or raises `Unreadable` with the reason. Reasons are part of the key of `ops.quarantined_records`.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from include.privacy import shapes
from include.privacy.minimization import LARGEST_NUMBER
from include.warehouse import api_fields
from include.warehouse.api_fields import Scalar

_LOOSE_TIME = re.compile(
    r"\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?)?\s*"
    r"(Z|[+-]\d{2}:?\d{2})?\s*",
    re.IGNORECASE,
)
_BIGINT = 2**63
_HALF_PAIR = re.compile("[\ud800-\udfff]")
# replaces a character that cannot be read
REPLACEMENT = "\ufffd"


class Unreadable(Exception):
    """The value does not have the expected form."""


class OtherType(Unreadable):
    """The value has another type than in the model."""


def time(value: object) -> str:
    """A time in ISO 8601, in UTC with `Z`. Parts of one digit are accepted; a time without a zone is UTC."""
    if not isinstance(value, str):
        raise OtherType(f"not a time, but {_kind(value)}")
    match = _LOOSE_TIME.fullmatch(value)
    if not match:
        raise Unreadable("not a time in ISO 8601")
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
            int((fraction or "0")[:6].ljust(6, "0")), _zone(zone),
        ).astimezone(UTC)  # fmt: skip
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"not a time that exists ({error})") from error
    return moment.isoformat().replace("+00:00", "Z")


def _zone(text: str | None) -> timezone:
    if text is None or text in "Zz":
        return UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))


def text(value: object) -> str:
    """A text; a number is written as text."""
    if isinstance(value, str):
        # half of a surrogate pair is legal in JSON, and in no database
        return value if value.isascii() else _HALF_PAIR.sub(REPLACEMENT, value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise OtherType(f"not a text, but {_kind(value)}")


def place(value: object) -> str:
    """A part of an address down to the city; a street line or phone number that a person wrote there is not kept."""
    result = text(value)
    if shapes.is_in_place(result):
        raise Unreadable("looks like a street line, a phone number or an e-mail address")
    return result


def postal_code(value: object) -> str:
    """A postal code of any country; anything else that a person wrote there is not kept."""
    result = text(value)
    if not shapes.is_postal_code(result):
        raise Unreadable("does not look like a postal code")
    return result


def integer(value: object) -> int:
    """A whole number that fits into a BIGINT."""
    number_ = number(value)
    if number_ != int(number_):
        raise Unreadable("not a whole number")
    if not -_BIGINT <= number_ < _BIGINT:
        raise Unreadable("a whole number too large to keep")
    return int(number_)


def number(value: object) -> int | float:
    """A finite number, or a text that holds one."""
    if isinstance(value, str):
        try:
            value = int(value) if re.fullmatch(r"\s*[+-]?\d{1,18}\s*", value) else float(value)
        except ValueError:
            raise OtherType("not a number") from None
        if math.isfinite(value) and abs(value) > LARGEST_NUMBER:
            raise OtherType("a text of more digits than a number in a text may have: it can be a phone number")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise OtherType(f"not a number, but {_kind(value)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise Unreadable("not a finite number")
    return value


def boolean(value: object) -> bool:
    """True or false, or a text that says so."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    raise OtherType(f"neither true nor false, but {_kind(value)}")


def _kind(value: object) -> str:
    return {dict: "an object", list: "a list", bool: "a truth value", str: "a text", int: "a number", float: "a number"}.get(
        type(value), type(value).__name__
    )


READERS: dict[Scalar, Callable[[object], object]] = {
    api_fields.TEXT: text,
    api_fields.PLACE: place,
    api_fields.POSTAL_CODE: postal_code,
    api_fields.TIME: time,
    api_fields.INTEGER: integer,
    api_fields.MINUTES: integer,
    api_fields.AMOUNT: number,
    api_fields.BOOLEAN: boolean,
}
