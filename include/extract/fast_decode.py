"""Reads a payload in which nothing is out of the ordinary, many times as fast as `reader`, and gives up on any other.

A payload that Amazon writes by its own model needs no coercion, only the proof that it does not. The model becomes a type that
msgspec checks in C. Where the check fails (a field or value that nobody knows, another spelling, a number as a text, a time in
another form), `Unusual` is raised, and `reader` reads the payload with care. Both give the same: a test holds them to it.
"""

import sys
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from include.extract import coerce
from include.extract.model import Array, Enumeration, Object, Spec
from include.extract.privacy import BuyerKeys
from include.privacy import minimization, shapes

_DAY = r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
# as `coerce.time` writes times to the second; a 29th of February takes the long way
_TIME = rf"\A[12][0-9]{{3}}-{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z\Z"
_SCALARS = {
    coerce.text: str,
    coerce.place: Annotated[str, Meta(pattern=shapes.ORDINARY_PLACE)],
    coerce.postal_code: Annotated[str, Meta(pattern=shapes.POSTAL_CODE)],
    coerce.time: Annotated[str, Meta(pattern=_TIME)],
    coerce.integer: Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)],
    # neither NaN nor infinity
    coerce.number: int | Annotated[float, Meta(ge=-sys.float_info.max, le=sys.float_info.max)],
    coerce.boolean: bool,
}
# of an object whose attributes are free: names and values that are kept as they are
_FREE = dict[
    Annotated[str, Meta(pattern=rf"\A{minimization.FIELD_NAME}\Z", max_length=minimization.LONGEST_NAME)],
    bool
    | Annotated[int, Meta(ge=-minimization.LARGEST_NUMBER, le=minimization.LARGEST_NUMBER)]
    | Annotated[str, Meta(pattern=rf"\A{minimization.TIME}\Z")]
    | None,
]


class Unusual(Exception):
    """Not for this module."""


def read(payload: object, spec: Object, keys: BuyerKeys) -> dict:
    """A payload in its canonical form; parts of it may be those of `payload` itself.

    Not looked for: half of a surrogate pair in a text, and a number that no database holds. orjson refuses to write both.

    :raises Unusual: something in it has to be read with care.
    """
    if keys.seal:
        raise Unusual
    try:
        msgspec.convert(payload, _type(spec), strict=True)
    except ValueError:
        raise Unusual from None
    cleaner = _cleaner(spec)
    return cleaner(payload, keys) if cleaner else payload


@cache
def _type(spec: Spec) -> Any:
    """What msgspec shall check for `spec`; unknown fields of objects are refused."""
    if isinstance(spec, Object):
        if spec.is_free:
            return _FREE
        personal = dict.fromkeys(spec.hashed, str | None) | dict.fromkeys(spec.private, Any)
        fields = {name: _type(inner) | None for name, inner in spec.fields.items()} | personal
        return msgspec.defstruct("Known", [(name, kind, None) for name, kind in fields.items()], forbid_unknown_fields=True)
    if isinstance(spec, Array):
        return list[_type(spec.of) | None]
    if isinstance(spec, Enumeration):
        return Literal[tuple(sorted(spec.values))]
    return _SCALARS.get(spec, Any)


@cache
def _cleaner(spec: Spec) -> Callable[[Any, BuyerKeys], Any] | None:
    """The function that takes out what is personal; None where nothing can be."""
    if isinstance(spec, Array):
        inner = _cleaner(spec.of)
        return inner and (lambda value, keys: value and [inner(each, keys) for each in value])
    if not isinstance(spec, Object):
        return None
    parts = {name: part for name, inner in spec.fields.items() if (part := _cleaner(inner))}
    if not (parts or spec.hashed or spec.private):
        return None

    def clean(value: dict | None, keys: BuyerKeys) -> dict | None:
        if value is None:
            return None
        result = value.copy()
        for name in spec.private:
            result.pop(name, None)
        for name, hashed in spec.hashed.items():
            if name in result:
                result[hashed] = keys.key(result.pop(name))
        for name, part in parts.items():
            if name in result:
                result[name] = part(result[name], keys)
        return result

    return clean
