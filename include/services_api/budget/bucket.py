"""The arithmetic of one token bucket, without clock, storage and waiting.

A bucket starts full, with as many tokens as the burst. Each request takes one token, and tokens are refilled at the rate.
"""

import math
from dataclasses import asdict, dataclass

# The API counts requests when they arrive, this bucket when they are sent. The bucket holds back the tokens of this time, so
# that a request that arrives faster than earlier ones by this time is still within the API's limit.
JITTER_SECONDS = 0.25
# Share of a bucket that a backfill leaves to scheduled runs. It costs the backfill only its burst: at this level, it can use all
# tokens that are refilled.
RESERVED_SHARE = 0.75
# Rates that the API reports are limited to this factor of the default, up and down. Limits of sellers are well within. A lower
# rate is probably a mistake that would stop a client for hours; if it is correct, responses with 429 enforce it. A higher rate
# would be no limit.
FURTHEST_FACTOR = 20
# Longest effect of one 429: as long as a call is retried.
LONGEST_DRAIN_SECONDS = 300.0
# tolerance for rounding errors, in tokens
CLOSE_ENOUGH = 1e-6


@dataclass(frozen=True)
class Limit:
    """The default limit of an operation: `rate` in requests a second, `burst` in requests at once."""

    rate: float
    burst: float

    def plausible(self, rate: float) -> float | None:
        """A reported rate within `FURTHEST_FACTOR` of the default; None if it is not a positive number."""
        if not math.isfinite(rate) or rate <= 0:
            return None
        return min(max(rate, self.rate / FURTHEST_FACTOR), self.rate * FURTHEST_FACTOR)


@dataclass
class Bucket:
    """The state of one bucket. Negative `tokens` mean a longer wait. Times are seconds of any steady clock."""

    tokens: float
    rate: float
    filled_at: float
    limit: Limit

    @classmethod
    def full(cls, limit: Limit, now: float) -> "Bucket":
        """A full bucket with the default rate."""
        return cls(limit.burst, limit.rate, now, limit)._refilled(now)

    @classmethod
    def restored(cls, state: dict, limit: Limit) -> "Bucket":
        """A bucket from its `state`. The rate is limited again, because earlier versions stored any rate.

        Raises:
            KeyError: A value is missing.
            ValueError: A value is not a finite number.
            TypeError: A value is not a number.
        """
        tokens, rate, filled_at = (float(state[name]) for name in ("tokens", "rate", "filled_at"))
        if not all(map(math.isfinite, (tokens, rate, filled_at))):
            raise ValueError("not finite")
        bucket = cls(tokens, limit.plausible(rate) or limit.rate, filled_at, limit)
        bucket.tokens = min(max(tokens, 1 - bucket.rate * LONGEST_DRAIN_SECONDS), bucket.capacity)
        return bucket

    @property
    def capacity(self) -> float:
        """Maximum of tokens. A rate below the default reduces the burst in proportion."""
        burst = self.limit.burst * min(1.0, self.rate / self.limit.rate)
        return max(1.0, burst - min(self.rate * JITTER_SECONDS, burst / 2))

    def take(self, now: float, reserved_share: float = 0.0) -> float:
        """Take one token.

        Returns:
            0 if a token was taken, else the seconds until one is expected.
        """
        self._refilled(now)
        missing = 1 + reserved_share * (self.capacity - 1) - self.tokens
        if missing > CLOSE_ENOUGH:
            return missing / self.rate
        self.tokens -= 1
        return 0.0

    def follow(self, now: float, rate: float) -> None:
        """Set the rate, within the limits of `Limit.plausible`."""
        self._refilled(now)
        self.rate = self.limit.plausible(rate) or self.rate
        self.tokens = min(self.tokens, self.capacity)

    def drain(self, now: float, seconds: float) -> None:
        """Empty the bucket, so that the next token comes after `seconds`, at most `LONGEST_DRAIN_SECONDS`."""
        self._refilled(now)
        self.tokens = min(self.tokens, 1 - self.rate * min(seconds, LONGEST_DRAIN_SECONDS), 0)

    def reason(self) -> str:
        """Why a request waits for this bucket, for a log message."""
        if self.tokens < 0:
            return "a response with HTTP 429 has emptied it for all clients"
        if self.rate < self.limit.rate:
            return (
                f"the API's header x-amzn-RateLimit-Limit has set it to {self.rate:g} requests a second; the default is "
                f"{self.limit.rate:g}"
            )
        return f"other clients use it too, or have priority, and its rate is {self.rate:g} requests a second"

    def state(self) -> dict[str, float]:
        """The values to store for `restored`."""
        return {name: value for name, value in asdict(self).items() if name != "limit"}

    def _refilled(self, now: float) -> "Bucket":
        # a clock that is before the last refill belongs to a restarted machine
        elapsed = now - self.filled_at if now >= self.filled_at else self.limit.burst / self.rate
        self.tokens = min(self.capacity, self.tokens + elapsed * self.rate)
        self.filled_at = now
        return self
