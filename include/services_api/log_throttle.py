"""Limits how often the same warning is logged."""

import threading
import time
from collections.abc import Hashable

INTERVAL_SECONDS = 600.0


class LogThrottle:
    """Remembers when each warning was logged last. Thread-safe."""

    def __init__(self) -> None:
        self._logged_at: dict[Hashable, float] = {}
        self._lock = threading.Lock()

    def is_due(self, key: Hashable) -> bool:
        """Whether the warning `key` is to be logged: once every `INTERVAL_SECONDS`, for all threads."""
        now = time.monotonic()
        with self._lock:
            if now - self._logged_at.get(key, -INTERVAL_SECONDS) < INTERVAL_SECONDS:
                return False
            self._logged_at[key] = now
            return True
