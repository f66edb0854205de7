"""Decides which values are stored: those of the fields in Amazon's model, and values that cannot identify a person.

A value in any other field may be a name, a phone number or a street. Only its path, type and length are stored. The value itself
is stored only if it is a boolean, a number of at most six digits or a time with a time of day, or if its path is in
`SERVICES_KEEP_FIELDS`.

Keys can be personal data too, as in an object with e-mail addresses as keys. In a path, a key that does not look like a field
name is replaced by its length.
"""

import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

SETTING = "SERVICES_KEEP_FIELDS"
# letters, and up to three digits as in addressLine1; ids and phone numbers have more
FIELD_NAME = r"[A-Za-z_]+[0-9]{0,3}"
LONGEST_NAME = 64
# a stored path: field names, replacements of other names, and positions in lists
_SHOWN = rf"(?:{FIELD_NAME}|\(name of [0-9]+ characters\)|\(further fields\))(?:\[[0-9]*\])*"
PATH = rf"(?:{_SHOWN}(?:\.{_SHOWN})*)?"
FURTHER = "(further fields)"
# number of unknown fields of one object that are reported; the others count as `FURTHER`
MOST_UNKNOWN = 100
LONGEST_PATH = 200
DEEPEST = 6
LARGEST_NUMBER = 10**6 - 1
MOST_DIGITS = 6
# the form of Amazon's enumeration values
TOKEN = r"[A-Z]{2,}(?:_(?:[A-Z]+|[0-9]{1,3}))*"
LONGEST_TOKEN = 40
TIME = (
    r"(?:19|20|21)[0-9]{2}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])[T ](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]"
    r"(?::[0-5]?[0-9](?:[.,][0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)

_FIELD_NAME, _PATH, _TOKEN, _TIME = map(re.compile, (FIELD_NAME, PATH, TOKEN, TIME))
_POSITION = re.compile(r"\[\d+\]")
_TYPES = {dict: "object", list: "list", str: "text", bool: "boolean", int: "number", float: "number", type(None): "null"}


@dataclass(frozen=True)
class Leaf:
    """The value of a field that is not in the model.

    Attributes:
        path: Path of the field, with all names in the form of field names.
        value: The received value. It may be personal data.
        is_kept: Whether the value may be stored.
    """

    path: str
    value: object
    is_kept: bool

    @property
    def stored(self) -> object:
        """The value if it may be stored, else its type and length."""
        return self.value if self.is_kept else shape(self.value)


def keep_fields() -> frozenset[str]:
    """The paths in `SERVICES_KEEP_FIELDS`, with `[]` for positions in lists."""
    return _parsed(os.environ.get(SETTING, ""))


@lru_cache(maxsize=4)
def _parsed(text: str) -> frozenset[str]:
    return frozenset(anywhere(path.strip()) for path in text.split(",") if path.strip())


def is_harmless(value: object) -> bool:
    """Whether a value cannot identify a person: null, a boolean, a number of at most six digits, a time with a time of day."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return abs(value) <= LARGEST_NUMBER
    if isinstance(value, float):
        return math.isfinite(value) and abs(value) <= LARGEST_NUMBER and _digits(value) <= MOST_DIGITS
    return isinstance(value, str) and bool(_TIME.fullmatch(value))


def _digits(number: float) -> int:
    return sum(character.isdigit() for character in repr(number).removesuffix(".0"))


def is_token(text: str) -> bool:
    """Whether a text has the form of Amazon's enumeration values, such as `PENDING_SCHEDULE`."""
    return len(text) <= LONGEST_TOKEN and bool(_TOKEN.fullmatch(text))


def is_field_name(name: str) -> bool:
    """Whether a key has the form of a field name, and not that of an e-mail address, a phone number or an id."""
    return len(name) <= LONGEST_NAME and bool(_FIELD_NAME.fullmatch(name))


def is_path(text: str) -> bool:
    """Whether a text is a path in which all names have the form of field names."""
    return bool(_PATH.fullmatch(text))


def joined(path: str, name: str) -> str:
    """The path of a field of the object at `path`; a name without the form of a field name is replaced by its length."""
    shown = name if is_field_name(name) else f"(name of {len(name)} characters)"
    return f"{path}.{shown}" if path else shown


def anywhere(path: str) -> str:
    """A path without positions in lists, because an unknown field mostly occurs in all elements."""
    return _POSITION.sub("[]", path)


def type_of(value: object) -> str:
    """`object`, `list`, `text`, `boolean`, `number` or `null`."""
    return _TYPES.get(type(value), "text")


def length_of(value: object) -> int | None:
    """Number of characters of a text or a number, of elements of a list, or of fields of an object; else None."""
    if isinstance(value, dict | list | str):
        return len(value)
    return len(repr(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None


def shape(value: object) -> dict:
    """The type and length of a value, stored in its place."""
    return {"type": type_of(value), "length": length_of(value)}


def is_shape(value: object) -> bool:
    """Whether a stored value is a result of `shape`."""
    if not isinstance(value, dict) or value.keys() != {"type", "length"}:
        return False
    length = value["length"]
    return value["type"] in _TYPES.values() and (length is None or type(length) is int)


def leaf(path: str, value: object, keep: frozenset[str], *, is_private: bool = False) -> Leaf:
    """A value as a whole, also if it is an object or a list.

    Args:
        path: Path of the field.
        value: The received value.
        keep: Paths whose values are stored, see `keep_fields`.
        is_private: Whether the field belongs to an object about a person, in which numbers may be house numbers.
    """
    return Leaf(path, value, anywhere(path) in keep or (not is_private and is_harmless(value)))


def leaves(path: str, value: object, keep: frozenset[str], *, is_private: bool = False, depth: int = DEEPEST) -> Iterator[Leaf]:
    """The values in an unknown part of a payload, with their paths.

    Lists of plain values, and parts deeper than `DEEPEST` or with a path longer than `LONGEST_PATH`, count as one value. The
    arguments are those of `leaf`, and the number of levels that remain.
    """
    whole = leaf(path, value, keep, is_private=is_private)
    inner: list[tuple[str, object]] = []
    if isinstance(value, dict):
        inner = [(joined(path, str(name)), part) for name, part in value.items()]
    elif isinstance(value, list) and all(isinstance(part, dict | list) for part in value):
        inner = [(f"{path}[{position}]", part) for position, part in enumerate(value, start=1)]
    if whole.is_kept or not inner or depth == 0 or any(len(where) > LONGEST_PATH for where, _ in inner):
        yield whole
        return
    for where, part in inner:
        yield from leaves(where, part, keep, is_private=is_private, depth=depth - 1)
