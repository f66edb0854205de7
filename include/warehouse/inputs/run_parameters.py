"""Reads the parameters of a run strictly by type: users type them into a form, and scripts write them.

A value of another type is refused and never converted: `"false"` is not `false`, and a number is not a name. Errors name the
parameter and the type of the value, but do not quote the value, which can be private.
"""

import re
from collections.abc import Mapping

LONGEST_TEXT = 200
# no control characters, no halves of surrogate pairs
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class BadParameter(ValueError):
    """A parameter cannot be used; a retry does not help."""


def flag(params: Mapping, name: str) -> bool:
    """Read a boolean, by default false."""
    value = params.get(name)
    if value is not None and not isinstance(value, bool):
        raise _bad(name, "true or false", value)
    return bool(value)


def text(params: Mapping, name: str, most: int = LONGEST_TEXT) -> str | None:
    """Read a text of at most `most` characters and strip it; None where it is missing or empty."""
    value = params.get(name)
    if value is not None and not _is_text(value, most):
        raise _bad(name, f"a text of at most {most} characters that can be printed", value)
    return (value or "").strip() or None


def texts(params: Mapping, name: str, most: int) -> list[str]:
    """Read a list of at most `most` texts, none of them empty; by default an empty list."""
    values = params.get(name)
    if values is None:
        return []
    if not isinstance(values, list | tuple) or not all(_is_text(value, LONGEST_TEXT) and value.strip() for value in values):
        raise _bad(name, f"a list of texts, each of 1 to {LONGEST_TEXT} characters that can be printed", values)
    if len(values) > most:
        raise BadParameter(f"`{name}` holds {len(values):,} texts; at most {most:,} can be given.")
    return [value.strip() for value in values]


def whole_number(params: Mapping, name: str, least: int, most: int, default: int) -> int:
    """Read an integer between `least` and `most`, or the default."""
    value = params.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _bad(name, f"a whole number from {least} to {most}", value)
    return value


def _is_text(value: object, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most and not CONTROL.search(value)


def _bad(name: str, expected: str, value: object) -> BadParameter:
    kinds = {str: "text", bool: "boolean", list: "list", tuple: "list", dict: "object", int: "number", float: "number"}
    return BadParameter(f"`{name}` should be {expected}. The given value is of type {kinds.get(type(value), 'unknown')}.")
