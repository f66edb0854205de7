"""Warnings that are told once in a while, however often what they are about happens."""

import threading
import time
from collections.abc import Hashable

EVERY_SECONDS = 600.0


class LogThrottle:
    """Remembers what was told when. Thread-safe."""

    def __init__(self) -> None:
        self._told_at: dict[Hashable, float] = {}
        self._lock = threading.Lock()

    def is_due(self, about: Hashable) -> bool:
        """Whether nothing has been told of this for `EVERY_SECONDS`; true once, whoever asks."""
        now = time.monotonic()
        with self._lock:
            if now - self._told_at.get(about, -EVERY_SECONDS) < EVERY_SECONDS:
                return False
            self._told_at[about] = now
            return True
