"""Counts fields, values and types of one window's answers that Amazon's model lacks, as rows of `ops.schema_drift`."""

import logging
from datetime import datetime

import orjson

from include.extract.reader import Reading
from include.privacy import minimization
from include.privacy.minimization import FURTHER, Leaf
from include.warehouse.loading.drift import UNKNOWN_VALUE
from include.warehouse.loading.windows import Window

log = logging.getLogger(__name__)

# an API that sends new names every time would fill the table
MOST_PATHS = 500


def rows(window: Window, reading: Reading, observed_at: datetime) -> list[dict]:
    """The findings of one answer, each with a count of one."""
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
    """The rows of a window, one for each path and kind. Not thread-safe."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._times: dict[tuple[str, str], int] = {}
        self._rows: dict[tuple[str, str], dict] = {}

    def add(self, more: list[dict]) -> None:
        """Merge the rows of answers."""
        for row in more:
            key = row["path"], row["kind"]
            if key not in self._times and len(self._times) >= MOST_PATHS:
                key, row = (FURTHER, row["kind"]), row | {"path": FURTHER, "example": None}
            self._times[key] = self._times.get(key, 0) + row["times"]
            self._rows[key] = _merged(self._rows[key], row) if key in self._rows else row

    def take(self) -> list[dict]:
        """The rows that were added since the last call."""
        taken, self._rows = list(self._rows.values()), {}
        return taken

    def log(self) -> None:
        """Log the findings of the whole window."""
        for (path, kind), times in sorted(self._times.items()):
            log.warning("%s: %s is not in Amazon's model (%s, %s times); see ops.schema_drift", self._window, path, kind, times)


def _merged(earlier: dict, row: dict) -> dict:
    lengths = [length for length in (earlier["longest_value"], row["longest_value"]) if length is not None]
    return row | {
        "first_observed_at": min(earlier["first_observed_at"], row["first_observed_at"]),
        "last_observed_at": max(earlier["last_observed_at"], row["last_observed_at"]),
        "times": earlier["times"] + row["times"],
        "is_value_kept": earlier["is_value_kept"] and row["is_value_kept"],
        "longest_value": max(lengths, default=None),
        "example": row["example"] or earlier["example"],
    }


def _example(kind: str, leaf: Leaf) -> str | None:
    """A value as JSON, if it names nobody.

    The table is published, and a value that is kept because `SERVICES_KEEP_FIELDS` names its path can be personal.
    """
    is_token = kind == UNKNOWN_VALUE and isinstance(leaf.value, str) and minimization.is_token(leaf.value)
    return orjson.dumps(leaf.value).decode() if leaf.is_kept and (is_token or minimization.is_harmless(leaf.value)) else None
