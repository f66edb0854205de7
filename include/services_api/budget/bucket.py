"""The arithmetic of one token bucket: no clock, no storage, no waiting.

It starts full at the burst, each request takes one token, tokens come back at the rate.
"""

import math
from dataclasses import asdict, dataclass

# The API counts requests when they arrive, this bucket when they leave. A request that takes this much less time on its
# way than the ones before it still finds its token: the bucket keeps back what comes in during it.
JITTER_SECONDS = 0.25
# A backfill leaves this share of a bucket to scheduled runs. It costs a backfill nothing but its burst: what comes back
# to a bucket at this mark is all its own. The rest of the bucket is the time it has to take it in.
RESERVED_SHARE = 0.75
# A rate is followed from a twentieth of the operation's default to twenty times of it. Sellers' own limits lie well within. What
# is lower is more likely a mistake, and one that would stop a client for hours; where it is true after all, answers with 429 say
# so, and are waited for. What is higher would let everybody send without a pause.
FURTHEST_FACTOR = 20
# Nobody is held up longer by one 429: it is as long as a call is patient.
LONGEST_DRAIN_SECONDS = 300.0
# of a token: sums of floats do not meet a mark exactly
CLOSE_ENOUGH = 1e-6


@dataclass(frozen=True)
class Limit:
    """An operation's default limit: requests a second, and how many at once."""

    rate: float
    burst: float

    def believed(self, rate: float) -> float | None:
        """The rate to follow where somebody said that it is `rate`; None where that is no rate at all."""
        if not math.isfinite(rate) or rate <= 0:
            return None
        return min(max(rate, self.rate / FURTHEST_FACTOR), self.rate * FURTHEST_FACTOR)


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

    @classmethod
    def restored(cls, state: dict, limit: Limit) -> "Bucket":
        """What `state` gave, also an earlier version's, which believed any rate.

        Raises:
            ValueError, TypeError: It holds no numbers of a bucket.
        """
        tokens, rate, filled_at = (float(state[name]) for name in ("tokens", "rate", "filled_at"))
        if not all(map(math.isfinite, (tokens, rate, filled_at))):
            raise ValueError("not finite")
        bucket = cls(tokens, limit.believed(rate) or limit.rate, filled_at, limit)
        bucket.tokens = min(max(tokens, 1 - bucket.rate * LONGEST_DRAIN_SECONDS), bucket.capacity)
        return bucket

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
        """From now on, tokens come back at `rate` a second, as far as it is believed."""
        self._refilled(now)
        self.rate = self.limit.believed(rate) or self.rate
        self.tokens = min(self.tokens, self.capacity)

    def drain(self, now: float, seconds: float) -> None:
        """Empty it, so that the next token is there no earlier than `seconds` from now, within `LONGEST_DRAIN_SECONDS`."""
        self._refilled(now)
        self.tokens = min(self.tokens, 1 - self.rate * min(seconds, LONGEST_DRAIN_SECONDS), 0)

    def reason(self) -> str:
        """Why somebody has to wait for this bucket, in words."""
        if self.tokens < 0:
            return "an answer with HTTP 429 has emptied it for all"
        if self.rate < self.limit.rate:
            return (
                f"the API's header x-amzn-RateLimit-Limit has set it to {self.rate:g} requests a second, where "
                f"{self.limit.rate:g} are usual"
            )
        return f"others draw from it too, or come first, and {self.rate:g} requests a second are all there are"

    def state(self) -> dict:
        return {name: value for name, value in asdict(self).items() if name != "limit"}

    def _refilled(self, now: float) -> "Bucket":
        # a clock that stands before the last filling was started anew: so was the machine
        elapsed = now - self.filled_at if now >= self.filled_at else self.limit.burst / self.rate
        self.tokens = min(self.capacity, self.tokens + elapsed * self.rate)
        self.filled_at = now
        return self
