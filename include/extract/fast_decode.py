"""Reads payloads that follow the model exactly, many times as fast as `reader`, and rejects all others.

A payload that follows Amazon's model needs no conversion, only a check. The model becomes a type that msgspec checks in C. Where
the check fails (an unknown field or value, another spelling, a number as a text, a time in another form), `Unusual` is raised and
`reader` reads the payload. A test asserts that both return the same.
"""

import sys
from collections.abc import Callable
from functools import cache
from types import GenericAlias
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from include.extract.privacy import BuyerKeys
from include.privacy import minimization, shapes
from include.warehouse import api_fields
from include.warehouse.api_fields import Array, Enumeration, Object, Scalar, Spec

_DAY = r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
# as `coerce.time` writes times to the second; a 29th of February takes the slow path
_TIME = rf"\A[12][0-9]{{3}}-{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z\Z"
_INTEGER = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
_SCALARS: dict[Scalar, object] = {
    api_fields.TEXT: str,
    api_fields.PLACE: Annotated[str, Meta(pattern=shapes.ORDINARY_PLACE)],
    api_fields.POSTAL_CODE: Annotated[str, Meta(pattern=shapes.POSTAL_CODE)],
    api_fields.TIME: Annotated[str, Meta(pattern=_TIME)],
    api_fields.INTEGER: _INTEGER,
    api_fields.MINUTES: _INTEGER,
    # neither NaN nor infinity
    api_fields.AMOUNT: int | Annotated[float, Meta(ge=-sys.float_info.max, le=sys.float_info.max)],
    api_fields.BOOLEAN: bool,
}
# an object that may have any attributes: the names and values that are kept unchanged
_FREE = dict[
    Annotated[str, Meta(pattern=rf"\A{minimization.FIELD_NAME}\Z", max_length=minimization.LONGEST_NAME)],
    bool
    | Annotated[int, Meta(ge=-minimization.LARGEST_NUMBER, le=minimization.LARGEST_NUMBER)]
    | Annotated[str, Meta(pattern=rf"\A{minimization.TIME}\Z")]
    | None,
]


class Unusual(Exception):
    """The payload needs `reader`."""


def read(payload: object, spec: Object, keys: BuyerKeys) -> dict:
    """Return a payload in its canonical form; it may share parts with `payload`.

    Halves of surrogate pairs and numbers that no database holds are not detected; orjson refuses to write both.

    Raises:
        Unusual: The payload does not follow the model, or personal data is kept.
    """
    if keys.seal or not isinstance(payload, dict):
        raise Unusual
    try:
        msgspec.convert(payload, _type(spec), strict=True)
    except ValueError:
        raise Unusual from None
    cleaner = _cleaner(spec)
    return cleaner(payload, keys) if cleaner else payload


@cache
def _type(spec: Spec) -> Any:
    """The type that msgspec checks for `spec`; unknown fields of objects are refused."""
    if isinstance(spec, Object):
        if spec.is_free:
            return _FREE
        personal = dict.fromkeys(spec.hashed, str | None) | dict.fromkeys(spec.private, Any)
        fields = {name: _type(inner) | None for name, inner in spec.fields.items()} | personal
        return msgspec.defstruct("Fields", [(name, kind, None) for name, kind in fields.items()], forbid_unknown_fields=True)
    if isinstance(spec, Array):
        return GenericAlias(list, (_type(spec.of) | None,))
    if isinstance(spec, Enumeration):
        return Literal[tuple(sorted(spec.values))]
    return _SCALARS[spec]


@cache
def _cleaner(spec: Spec) -> Callable[[Any, BuyerKeys], Any] | None:
    """The function that removes personal data; None where there can be none."""
    if isinstance(spec, Array):
        inner = _cleaner(spec.of)
        return inner and (lambda value, keys: value and [inner(element, keys) for element in value])
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
