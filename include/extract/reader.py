"""Reads payloads by their model: keeps what is readable, reports the rest, and removes personal data."""

from dataclasses import dataclass, field

from include.extract import fast_decode
from include.extract.coerce import READERS, REPLACEMENT, OtherType, Unreadable
from include.extract.privacy import BuyerKeys
from include.privacy import minimization
from include.privacy.minimization import FURTHER, MOST_UNKNOWN, Leaf, anywhere
from include.warehouse.api_fields import Array, Enumeration, Object, Spec
from include.warehouse.loading.drift import OTHER_TYPE, UNKNOWN_FIELD, UNKNOWN_VALUE


@dataclass(frozen=True)
class Problem:
    """A value that could not be read. `original` is what may be stored of it, see `include.privacy.minimization`."""

    field: str
    reason: str
    original: object


@dataclass
class Reading:
    """One pass over one payload, with its findings.

    Attributes:
        keys: Hashes buyers, and seals personal data where it is kept.
        keep: The paths that `SERVICES_KEEP_FIELDS` names.
        extra: Unknown fields by path, each with what may be stored of its value.
        met: Fields, values and types that the model lacks, by path without positions and kind.
        problems: Values that could not be read.
        personal: Values that are or may be personal, by path; empty where none are kept.
    """

    keys: BuyerKeys
    keep: frozenset[str] = field(default_factory=minimization.keep_fields)
    extra: dict[str, object] = field(default_factory=dict)
    met: dict[tuple[str, str], Leaf] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    personal: dict[str, object] = field(default_factory=dict, repr=False)

    def payload(self, payload: object, spec: Object) -> dict:
        """Read a whole payload, on the fast path if it follows the model; empty if it cannot be read."""
        try:
            return fast_decode.read(payload, spec, self.keys)
        except fast_decode.Unusual:
            return self.careful(payload, spec)

    def careful(self, payload: object, spec: Object) -> dict:
        """Read a whole payload without the fast path; empty if it cannot be read."""
        result = self.read(payload, spec)
        return result if isinstance(result, dict) else {}

    def read(self, value: object, spec: Spec, path: str = "", private: bool = False) -> object:
        """Return a value in its canonical form, or None if there is none or it cannot be read."""
        if value is None:
            return None
        private = private or getattr(spec, "is_private", False)
        try:
            if isinstance(spec, Object):
                return self._object(value, spec, path)
            if isinstance(spec, Array):
                return self._array(value, spec, path)
            result = self._enumeration(value, spec, path) if isinstance(spec, Enumeration) else READERS[spec](value)
            if isinstance(result, str) and REPLACEMENT in result:
                self.problems.append(Problem(path, "a character of it cannot be read and was replaced by U+FFFD", None))
            return result
        except Unreadable as error:
            self._unreadable(path, error, value, private)
            return None

    def _object(self, value: object, spec: Object, path: str) -> dict:
        if not isinstance(value, dict):
            raise OtherType("not an object")
        result = {}
        for name, inner in value.items():
            field_name = spec.aliases.get(name, name)
            where = f"{path}.{name}" if path else name
            if field_name in spec.fields:
                result[field_name] = self.read(inner, spec.fields[field_name], where, spec.is_private)
            elif name in spec.hashed:
                result[spec.hashed[name]] = self._hashed(inner, where)
            elif name in spec.private:
                if self.keys.seal:
                    self.personal[where] = inner
            elif spec.is_free and minimization.is_field_name(name) and minimization.leaf(where, inner, self.keep).is_kept:
                result[name] = inner
            else:
                self._unknown(minimization.joined(path, name), inner, spec.is_private)
        return result

    def _array(self, value: object, spec: Array, path: str) -> list:
        if not isinstance(value, list):
            raise OtherType("not a list")
        # an unreadable element becomes null: appointments without an id are named by their positions
        return [self.read(inner, spec.of, f"{path}[{position}]") for position, inner in enumerate(value, start=1)]

    def _enumeration(self, value: object, spec: Enumeration, path: str) -> str:
        if not isinstance(value, str):
            raise OtherType("not a text")
        if value in spec.values:
            return value
        is_kept = minimization.is_token(value) or anywhere(path) in self.keep
        self._meet(UNKNOWN_VALUE, Leaf(path, value, is_kept))
        if not is_kept:
            raise Unreadable("a value that nobody knows, and not written as Amazon writes such values")
        return value

    def _hashed(self, value: object, path: str) -> str | None:
        if value is not None and not isinstance(value, str):
            self._unreadable(path, OtherType("not a text"), value, private=True)
        return self.keys.key(value)

    def _unknown(self, path: str, value: object, private: bool) -> None:
        """Report an unknown field and everything in it."""
        for leaf in minimization.leaves(path, value, self.keep, is_private=private):
            if len(self.extra) >= MOST_UNKNOWN:
                self._meet(UNKNOWN_FIELD, Leaf(FURTHER, None, is_kept=False))
                self._seal(path, value)
                return
            self._meet(UNKNOWN_FIELD, leaf)
            if leaf.is_kept or not private:
                self.extra.setdefault(leaf.path, leaf.stored)
            if not leaf.is_kept:
                self._seal(leaf.path, leaf.value)

    def _unreadable(self, path: str, error: Unreadable, value: object, private: bool) -> None:
        leaf = minimization.leaf(path, value, self.keep, is_private=private)
        self.problems.append(Problem(path, str(error), leaf.stored))
        if isinstance(error, OtherType):
            self._meet(OTHER_TYPE, leaf)
        if not leaf.is_kept:
            self._seal(path, value)

    def _meet(self, kind: str, leaf: Leaf) -> None:
        """Note what the model lacks, once for all positions of a list."""
        key = anywhere(leaf.path), kind
        # a dropped value matters more to an operator than a kept one
        if key not in self.met or (self.met[key].is_kept and not leaf.is_kept):
            self.met[key] = leaf

    def _seal(self, path: str, value: object) -> None:
        if self.keys.seal:
            self.personal.setdefault(path, value)
