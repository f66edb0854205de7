"""Reads a payload by its model: everything readable is kept, everything else is told, nothing personal passes."""

import logging
import re
from collections import Counter
from dataclasses import dataclass, field

from include.extract import shortcut
from include.extract.coerce import Unreadable
from include.extract.model import Enumeration, Listing, Object, Spec
from include.extract.privacy import BuyerKeys
from include.warehouse.windows import Window

log = logging.getLogger(__name__)

_POSITION = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class Problem:
    """A value that could not be read. `original` is None where it may be personal."""

    field: str
    reason: str
    original: object


@dataclass
class Reading:
    """One pass over one payload, and what it came across on the way.

    `extra`: unknown fields by path, with their values. `unknown`: paths of unknown fields and enumeration values, to report.
    `personal`: known personal fields by path, with their values, where they are kept at all.
    """

    keys: BuyerKeys
    extra: dict[str, object] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    personal: dict[str, object] = field(default_factory=dict, repr=False)

    def whole(self, payload: object, spec: Spec) -> object:
        """A whole payload; one in which nothing is out of the ordinary is read quickly."""
        try:
            return shortcut.read(payload, spec, self.keys)
        except shortcut.Unusual:
            return self.read(payload, spec)

    def read(self, value: object, spec: Spec, path: str = "", private: bool = False) -> object:
        """The value in its canonical form, or None where there is none or it cannot be read."""
        if value is None:
            return None
        try:
            if isinstance(spec, Object):
                return self._object(value, spec, path)
            if isinstance(spec, Listing):
                return self._listing(value, spec, path)
            if isinstance(spec, Enumeration):
                return self._enumeration(value, spec, path)
            return spec(value)
        except Unreadable as error:
            self._quarantine(path, str(error), value, private or getattr(spec, "is_private", False))
            return None

    def _object(self, value: object, spec: Object, path: str) -> dict:
        if not isinstance(value, dict):
            raise Unreadable("not an object")
        result = {}
        for name, inner in value.items():
            known = spec.aliases.get(name, name)
            where = f"{path}.{name}" if path else name
            if known in spec.fields:
                result[known] = self.read(inner, spec.fields[known], where, spec.is_private)
            elif name in spec.hashed:
                result[spec.hashed[name]] = self.keys.key(inner)
            elif name in spec.private:
                if self.keys.seal:
                    self.personal[where] = inner
            else:
                self._meet(where)
                if not spec.is_private:
                    self.extra[where] = inner
        return result

    def _listing(self, value: object, spec: Listing, path: str) -> list:
        if not isinstance(value, list):
            raise Unreadable("not a list")
        # an element that cannot be read leaves a null: the places of the others count (appointments without an id)
        return [self.read(inner, spec.of, f"{path}[{position}]") for position, inner in enumerate(value, start=1)]

    def _enumeration(self, value: object, spec: Enumeration, path: str) -> str:
        if not isinstance(value, str):
            raise Unreadable("not a text")
        if value not in spec.values:
            self._meet(f"{path}={value[:40]}")
        return value

    def _meet(self, what: str) -> None:
        """Something unknown: the same wherever in a list it stands."""
        self.unknown.add(anywhere(what))

    def _quarantine(self, path: str, reason: str, value: object, private: bool) -> None:
        self.problems.append(Problem(path, reason, None if private else value))


def anywhere(path: str) -> str:
    """A path without its positions: what is odd in one element of a list mostly is in all of them."""
    return _POSITION.sub("[]", path)


def tell_unknown(window: Window, unknown: Counter) -> None:
    """`unknown`: in how many answers of a window something unknown was met."""
    for what, times in sorted(unknown.items()):
        log.warning("%s: %s is unknown to this version and was kept (%s times)", window, what, times)
