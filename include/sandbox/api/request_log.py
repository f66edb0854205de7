"""The log of all requests of operations and of `token`, oldest first."""

import time
from collections import deque
from collections.abc import Iterator
from typing import Any

KEPT = 100_000


class RequestLog:
    """The log. Verdicts: `answered` (2xx), `refused` (another status by rule), `throttled`, `denied` (403), `fault <kind>`."""

    FIELDS = ("number", "at", "world_time", "account", "operation", "method", "path", "query", "status", "verdict", "notes")

    def __init__(self) -> None:
        self._entries: deque[tuple[Any, ...]] = deque(maxlen=KEPT)
        self._count = 0

    def add(self, *entry: Any) -> None:
        """Add a request: the values of `FIELDS` from `world_time` on."""
        self._count += 1
        self._entries.append((self._count, time.time(), *entry))

    def entries(self, **filters: str) -> Iterator[dict[str, Any]]:
        """Yield the requests whose fields have the values of `filters`; `since`: only those with a higher number."""
        since = int(filters.pop("since", 0))
        for entry in self._entries:
            row = dict(zip(self.FIELDS, entry, strict=True))
            if row["number"] > since and all(str(row[name]) == value for name, value in filters.items()):
                yield row

    def clear(self) -> None:
        """Forget all requests."""
        self._entries.clear()
