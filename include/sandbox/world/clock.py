"""The world's clock: it runs with the wall clock from where it is set, or stands still."""

from __future__ import annotations

import time


class Clock:
    def __init__(self, now: int, frozen: bool = False) -> None:
        self.frozen = frozen
        self.set(now)

    def now(self) -> int:
        return self._set_to if self.frozen else self._set_to + int(time.monotonic() - self._set_at)

    def set(self, now: int) -> None:
        self._set_to, self._set_at = now, time.monotonic()

    def freeze(self, frozen: bool) -> None:
        self.set(self.now())
        self.frozen = frozen
