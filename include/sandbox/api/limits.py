"""Rate limits: a token bucket per account and operation, full at the burst and refilled at the rate; a request takes a token."""

import time
from dataclasses import dataclass


@dataclass(slots=True)
class Bucket:
    """A token bucket; times in seconds of the monotonic clock."""

    rate: float
    burst: float
    tokens: float
    filled_at: float

    def take(self, now: float) -> bool:
        """Take a token; return False if there is none."""
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Limits:
    """The buckets of all accounts.

    Attributes:
        enforced: Whether a request without a token is refused.
        everyone: One limit `(rate, burst)` instead of the operations' defaults.
        own: Limits by account and operation; the account `*` means every account.
    """

    def __init__(self, enforced: bool = True, everyone: tuple[float, float] | None = None) -> None:
        self.enforced, self.everyone = enforced, everyone
        self.own: dict[tuple[str, str], tuple[float, float]] = {}
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def set(self, account: str, operation: str, rate: float, burst: float) -> None:
        """Set a limit; all buckets start full again."""
        self.own[account, operation] = rate, burst
        self._buckets.clear()

    def of(self, account: str, operation: str, default: tuple[float, float]) -> tuple[float, float]:
        """Return rate and burst of an operation for an account. `default`: the operation's own."""
        return self.own.get((account, operation)) or self.own.get(("*", operation)) or self.everyone or default

    def take(self, account: str, operation: str, default: tuple[float, float]) -> bool:
        """Return whether a request is allowed now; takes its token."""
        if not self.enforced:
            return True
        now = time.monotonic()
        bucket = self._buckets.get((account, operation))
        if bucket is None:
            rate, burst = self.of(account, operation, default)
            bucket = self._buckets[account, operation] = Bucket(rate, burst, burst, now)
        return bucket.take(now)
