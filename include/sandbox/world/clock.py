"""The world's clock: it runs from where it is set at the speed of the wall clock, or stands still."""

import time


class Clock:
    """A clock in seconds since the epoch."""

    def __init__(self, now: int, frozen: bool = False) -> None:
        self.frozen = frozen
        self.set(now)

    def now(self) -> int:
        """Return the time."""
        return self._set_to if self.frozen else self._set_to + int(time.monotonic() - self._set_at)

    def set(self, now: int) -> None:
        """Set the time."""
        self._set_to, self._set_at = now, time.monotonic()

    def freeze(self, frozen: bool) -> None:
        """Stop or start the clock."""
        self.set(self.now())
        self.frozen = frozen
