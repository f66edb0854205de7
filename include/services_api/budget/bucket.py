"""The arithmetic of one token bucket: no clock, no storage, no waiting.

It starts full at the burst, each request takes one token, tokens come back at the rate.
"""

from dataclasses import asdict, dataclass

# The API counts requests when they arrive, this bucket when they leave. A request that takes this much less time on its
# way than the ones before it still finds its token: the bucket keeps back what comes in during it.
JITTER_SECONDS = 0.25
# A backfill leaves this share of a bucket to scheduled runs. It costs a backfill nothing but its burst: what comes back
# to a bucket at this mark is all its own. The rest of the bucket is the time it has to take it in.
RESERVED_SHARE = 0.75
# of a token: sums of floats do not meet a mark exactly
CLOSE_ENOUGH = 1e-6


@dataclass(frozen=True)
class Limit:
    """An operation's default limit: requests a second, and how many at once."""

    rate: float
    burst: float


@dataclass
class Bucket:
    """One bucket's state. `tokens` may be negative: then nobody sends for a while. Times are seconds of any steady clock."""

    tokens: float
    rate: float
    filled_at: float
    limit: Limit

    @classmethod
    def full(cls, limit: Limit, now: float) -> "Bucket":
        return cls(limit.burst, limit.rate, now, limit)._refilled(now)

    @property
    def capacity(self) -> float:
        """What it holds at most. A seller whose rate is lower than the default is taken to have a lower burst too."""
        burst = self.limit.burst * min(1.0, self.rate / self.limit.rate)
        return max(1.0, burst - min(self.rate * JITTER_SECONDS, burst / 2))

    def take(self, now: float, reserved_share: float = 0.0) -> float:
        """Take one token: 0, or the seconds until it makes sense to ask again."""
        self._refilled(now)
        missing = 1 + reserved_share * (self.capacity - 1) - self.tokens
        if missing > CLOSE_ENOUGH:
            return missing / self.rate
        self.tokens -= 1
        return 0.0

    def follow(self, now: float, rate: float) -> None:
        """From now on, tokens come back at `rate` a second."""
        self._refilled(now)
        self.rate = rate
        self.tokens = min(self.tokens, self.capacity)

    def drain(self, now: float, seconds: float) -> None:
        """Empty it, so that the next token is there no earlier than `seconds` from now."""
        self._refilled(now)
        self.tokens = min(self.tokens, 1 - self.rate * seconds, 0)

    def state(self) -> dict:
        return {name: value for name, value in asdict(self).items() if name != "limit"}

    def _refilled(self, now: float) -> "Bucket":
        # a clock that stands before the last filling was started anew: so was the machine
        elapsed = now - self.filled_at if now >= self.filled_at else self.limit.burst / self.rate
        self.tokens = min(self.capacity, self.tokens + elapsed * self.rate)
        self.filled_at = now
        return self
