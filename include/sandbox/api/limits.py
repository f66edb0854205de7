"""Token buckets, one per account and operation: full at the burst, one token a request, refilled at the rate."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(slots=True)
class Bucket:
    rate: float
    burst: float
    tokens: float
    filled_at: float

    def take(self, now: float) -> bool:
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Limits:
    """`default` limits come from the operation; `own` holds an account's differing ones, account `*` means every account.

    `everyone`: one limit instead of the operations' own.
    """

    def __init__(self, enforced: bool = True, everyone: tuple[float, float] | None = None) -> None:
        self.enforced, self.everyone = enforced, everyone
        self.own: dict[tuple[str, str], tuple[float, float]] = {}
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def set(self, account: str, operation: str, rate: float, burst: float) -> None:
        self.own[account, operation] = rate, burst
        self._buckets.clear()

    def of(self, account: str, operation: str, default: tuple[float, float]) -> tuple[float, float]:
        return self.own.get((account, operation)) or self.own.get(("*", operation)) or self.everyone or default

    def take(self, account: str, operation: str, default: tuple[float, float]) -> bool:
        """Whether a request may pass now."""
        if not self.enforced:
            return True
        now = time.monotonic()
        bucket = self._buckets.get((account, operation))
        if bucket is None:
            rate, burst = self.of(account, operation, default)
            bucket = self._buckets[account, operation] = Bucket(rate, burst, burst, now)
        return bucket.take(now)
