"""Which values may be stored: those whose place Amazon's model knows, and a few kinds of value that name nobody.

A value in any other place may be a name, a phone number or a street, whatever its field is called. Of such a value the path,
the type and the length are stored. The value itself is stored only where it is a boolean, a number of at most six digits or a
time with a time of day, or where an operator has named its path in `SERVICES_KEEP_FIELDS`.

Field names can be personal too, as in an object whose keys are e-mail addresses: in a path, a name that does not look like the
name of a field is replaced by its length.
"""

import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

SETTING = "SERVICES_KEEP_FIELDS"
# letters, and a number at the end as in addressLine1: an id or a phone number has more digits
FIELD_NAME = r"[A-Za-z_]+[0-9]{0,3}"
LONGEST_NAME = 64
# a path as it is stored: such names, what stands for another name, and positions in lists
_SHOWN = rf"(?:{FIELD_NAME}|\(name of [0-9]+ characters\)|\(further fields\))(?:\[[0-9]*\])*"
PATH = rf"(?:{_SHOWN}(?:\.{_SHOWN})*)?"
FURTHER = "(further fields)"
# an object with thousands of keys is told as one that has more
MOST_UNKNOWN = 100
LONGEST_PATH = 200
DEEPEST = 6
LARGEST_NUMBER = 10**6 - 1
MOST_DIGITS = 6
# how Amazon writes the values of its enumerations
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
    """A value in a place that the model does not know.

    Attributes:
        path: Where it stands; every name in it looks like the name of a field.
        value: The value as it came. It may be personal.
        is_kept: Whether the value may be stored.
    """

    path: str
    value: object
    is_kept: bool

    @property
    def stored(self) -> object:
        """The value where it may be stored, else its type and length."""
        return self.value if self.is_kept else shape(self.value)


def keep_fields() -> frozenset[str]:
    """The paths that `SERVICES_KEEP_FIELDS` names. A position in a list is written `[]`."""
    return _parsed(os.environ.get(SETTING, ""))


@lru_cache(maxsize=4)
def _parsed(text: str) -> frozenset[str]:
    return frozenset(anywhere(path.strip()) for path in text.split(",") if path.strip())


def is_harmless(value: object) -> bool:
    """Whether a value names nobody: null, a boolean, a number of at most six digits, a time with a time of day."""
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
    """Whether a text is written as Amazon writes the values of its enumerations, such as `PENDING_SCHEDULE`."""
    return len(text) <= LONGEST_TOKEN and bool(_TOKEN.fullmatch(text))


def is_field_name(name: str) -> bool:
    """Whether a key looks like the name of a field, and not like an e-mail address, a phone number or an id."""
    return len(name) <= LONGEST_NAME and bool(_FIELD_NAME.fullmatch(name))


def is_path(text: str) -> bool:
    """Whether a text is a path in which every name looks like the name of a field."""
    return bool(_PATH.fullmatch(text))


def joined(path: str, name: str) -> str:
    """The path of a field in the object at `path`, with a name that is no field's replaced by its length."""
    shown = name if is_field_name(name) else f"(name of {len(name)} characters)"
    return f"{path}.{shown}" if path else shown


def anywhere(path: str) -> str:
    """A path without its positions: what is odd in one element of a list mostly is in all of them."""
    return _POSITION.sub("[]", path)


def type_of(value: object) -> str:
    """`object`, `list`, `text`, `boolean`, `number` or `null`."""
    return _TYPES.get(type(value), "text")


def length_of(value: object) -> int | None:
    """Characters of a text or a number, elements of a list, fields of an object."""
    if isinstance(value, dict | list | str):
        return len(value)
    return len(repr(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None


def shape(value: object) -> dict:
    """What is stored of a value that is not: its type and length."""
    return {"type": type_of(value), "length": length_of(value)}


def is_shape(value: object) -> bool:
    """Whether a stored value is what `shape` returns."""
    if not isinstance(value, dict) or value.keys() != {"type", "length"}:
        return False
    length = value["length"]
    return value["type"] in _TYPES.values() and (length is None or type(length) is int)


def leaf(path: str, value: object, keep: frozenset[str], *, is_private: bool = False) -> Leaf:
    """One value as a whole, whatever it holds.

    Args:
        path: Where it stands.
        value: The value as it came.
        keep: The paths whose values an operator wants to keep, see `keep_fields`.
        is_private: Whether it stands in an object about a person. There a number can be that of a house.
    """
    return Leaf(path, value, anywhere(path) in keep or (not is_private and is_harmless(value)))


def leaves(path: str, value: object, keep: frozenset[str], *, is_private: bool = False, depth: int = DEEPEST) -> Iterator[Leaf]:
    """The values in an unknown part of a payload, each with its path.

    Lists of plain values, and what lies deeper than `DEEPEST` or has a longer path than `LONGEST_PATH`, count as one value.
    The arguments are those of `leaf`.
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
