"""Every request of an operation, or of a `token`, with its verdict; newest last."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from typing import Any

KEPT = 100_000


class RequestLog:
    """Verdicts: `answered` (2xx), `refused` (another status by rule), `throttled`, `denied` (access), `fault <kind>`."""

    FIELDS = ("number", "at", "world_time", "account", "operation", "method", "path", "query", "status", "verdict", "notes")

    def __init__(self) -> None:
        self._entries: deque[tuple[Any, ...]] = deque(maxlen=KEPT)
        self._count = 0

    def add(self, *entry: Any) -> None:
        self._count += 1
        self._entries.append((self._count, time.time(), *entry))

    def entries(self, **wanted: str) -> Iterator[dict[str, Any]]:
        """Those whose fields have the wanted values; `since` is a number, exclusive."""
        since = int(wanted.pop("since", 0))
        for entry in self._entries:
            row = dict(zip(self.FIELDS, entry, strict=True))
            if row["number"] > since and all(str(row[name]) == value for name, value in wanted.items()):
                yield row

    def clear(self) -> None:
        self._entries.clear()
