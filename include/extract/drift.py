"""Counts what the answers of one window hold that Amazon's model does not have, as rows of `ops.schema_drift`."""

import logging
from datetime import datetime

import orjson

from include.extract.reader import Reading
from include.privacy import minimization
from include.privacy.minimization import FURTHER, Leaf
from include.warehouse.loading.drift import UNKNOWN_VALUE
from include.warehouse.loading.windows import Window

log = logging.getLogger(__name__)

# an API that sends other names every time would fill the table
MOST_PATHS = 500


def rows(window: Window, reading: Reading, observed_at: datetime) -> list[dict]:
    """What one answer held, as rows that count it once."""
    return [
        {
            "account": window.account, "entity": window.entity, "path": path, "kind": kind,
            "first_observed_at": observed_at, "last_observed_at": observed_at, "times": 1, "is_value_kept": leaf.is_kept,
            "value_type": minimization.type_of(leaf.value), "longest_value": minimization.length_of(leaf.value),
            "example": _example(kind, leaf),
        }
        for (path, kind), leaf in reading.met.items()
    ]  # fmt: skip


class WindowDrift:
    """The rows of a window, one for each path and kind. It may be filled by one thread at a time."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._known: dict[tuple[str, str], int] = {}
        self._rows: dict[tuple[str, str], dict] = {}

    def add(self, more: list[dict]) -> None:
        for row in more:
            key = row["path"], row["kind"]
            if key not in self._known and len(self._known) >= MOST_PATHS:
                key, row = (FURTHER, row["kind"]), row | {"path": FURTHER, "example": None}
            self._known[key] = self._known.get(key, 0) + row["times"]
            self._rows[key] = _merged(self._rows[key], row) if key in self._rows else row

    def take(self) -> list[dict]:
        """The rows that were added since the last call."""
        taken, self._rows = list(self._rows.values()), {}
        return taken

    def tell(self) -> None:
        """Log what was met in the whole window."""
        for (path, kind), times in sorted(self._known.items()):
            log.warning("%s: %s is not in Amazon's model (%s, %s times); see ops.schema_drift", self._window, path, kind, times)


def _merged(known: dict, row: dict) -> dict:
    lengths = [length for length in (known["longest_value"], row["longest_value"]) if length is not None]
    return row | {
        "first_observed_at": min(known["first_observed_at"], row["first_observed_at"]),
        "last_observed_at": max(known["last_observed_at"], row["last_observed_at"]),
        "times": known["times"] + row["times"],
        "is_value_kept": known["is_value_kept"] and row["is_value_kept"],
        "longest_value": max(lengths, default=None),
        "example": row["example"] or known["example"],
    }


def _example(kind: str, leaf: Leaf) -> str | None:
    """A value as JSON. The table is published, and a value that is kept because its path is named can be personal."""
    is_token = kind == UNKNOWN_VALUE and minimization.is_token(leaf.value)
    return orjson.dumps(leaf.value).decode() if leaf.is_kept and (is_token or minimization.is_harmless(leaf.value)) else None
