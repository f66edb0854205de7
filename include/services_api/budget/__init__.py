"""The rate budget: one token bucket per account, host and operation, shared by all processes.

Each request takes a token and waits until there is one. There is no queue in the store, so that a process that dies leaves
nothing behind. Within a process, threads wait in turn.

Why not a library: pyrate-limiter 4.5 has token buckets in memory, between the children of one process, or in Redis; its SQLite
bucket, which unrelated processes can share without a server, is a sliding window. throttled-py 3.3 has token buckets in memory
or in Redis. Neither shares one between unrelated processes without a server, and neither has a reserve that only some callers
may use.
"""

import logging
import os
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from include.services_api import limits
from include.services_api.budget.bucket import RESERVED_SHARE, Bucket, Limit
from include.services_api.budget.stores import FolderStore, RedisStore, Store
from include.services_api.log_throttle import LogThrottle

log = logging.getLogger(__name__)

PRIORITIES = {"scheduled": 0.0, "backfill": RESERVED_SHARE}
# time between two attempts to take a token: the rate may have increased, or other processes may have ended
LONGEST_SLEEP_SECONDS = 1.0
PROJECT_DIR = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Grant:
    """Permission to send one request, with the bucket's current rate in requests a second."""

    waited_seconds: float
    rate: float


class RateBudget:
    """Takes tokens from the buckets of a store. Thread-safe."""

    def __init__(self, store: Store):
        self._store = store
        self._turns: dict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)
        self._rates: dict[str, float] = {}
        self._throttle = LogThrottle()

    def acquire(self, name: str, limit: Limit, priority: str = "scheduled", max_share: float = 1.0) -> Grant:
        """Wait for a token.

        Args:
            name: Name of the bucket.
            limit: Default limit of the operation.
            priority: One of `PRIORITIES`.
            max_share: Share of the bucket's rate, above 0 and up to 1, for all callers with the same share together.

        Raises:
            BudgetUnavailable: The store is unavailable.
        """
        started, reserved = time.monotonic(), PRIORITIES[priority]
        with self._turns[name, priority]:
            if max_share < 1:
                self._take_of_share(name, limit, max_share)
            rate = self._rates[name] = self._wait(name, limit, lambda bucket, now: bucket.take(now, reserved))
            return Grant(time.monotonic() - started, rate)

    def _take_of_share(self, name: str, limit: Limit, share: float) -> None:
        """Wait for a token of a second bucket, whose rate is a share of the first one's last known rate."""
        smaller, rate = Limit(limit.rate * share, limit.burst * share), self._rates.get(name, limit.rate) * share

        def take(bucket: Bucket, now: float) -> float:
            if bucket.rate != rate:
                bucket.follow(now, rate)
            return bucket.take(now)

        self._wait(f"{name} at most {share:g}", smaller, take)

    def _wait(self, name: str, limit: Limit, take: Callable[[Bucket, float], float]) -> float:
        """Retry `take` until it returns 0, and return the bucket's rate."""
        started = time.monotonic()
        while True:
            wait, bucket = self._store.update(name, limit, take)
            if not wait:
                return bucket.rate
            longest = time.monotonic() - started + wait
            if longest > limits.LONG_WAIT_SECONDS and self._throttle.is_due(name):
                log.warning("The rate budget of %s delays a request by %.0f s: %s.", name, longest, bucket.reason())
            wait = min(wait, LONGEST_SLEEP_SECONDS)
            # jitter, so that processes that wait for the same token do not all retry at once
            time.sleep(wait + random.uniform(0, min(wait, 0.1)))

    def follow(self, name: str, limit: Limit, rate: float) -> None:
        """Set the rate of a bucket to the one that the API reports."""
        self._store.update(name, limit, lambda bucket, now: bucket.follow(now, rate))

    def drain(self, name: str, limit: Limit, seconds: float) -> None:
        """Empty a bucket for a number of seconds, because the API reports that the limit is reached."""
        self._store.update(name, limit, lambda bucket, now: bucket.drain(now, seconds))


def default_url() -> str:
    """`SERVICES_RATE_BUDGET_URL`, or a folder in that of the warehouse."""
    warehouse = Path(os.environ.get("SERVICES_WAREHOUSE_DIR") or PROJECT_DIR / "warehouse")
    return os.environ.get("SERVICES_RATE_BUDGET_URL") or (warehouse.expanduser().absolute() / "rate_budget").as_uri()


def open_budget(url: str | None = None) -> RateBudget:
    """Open the budget at `file:///folder`, `redis://host:port/db` or `rediss://...`; without a URL, the default one.

    Raises:
        ValueError: The URL has another form.
    """
    url = url or default_url()
    parts = urlsplit(url)
    if parts.scheme in ("redis", "rediss"):
        return RateBudget(RedisStore(url))
    if parts.scheme == "file" and parts.path:
        return RateBudget(FolderStore(Path(parts.path)))
    raise ValueError(
        f"SERVICES_RATE_BUDGET_URL should be file:///folder or redis://host:port/db, but its scheme is {parts.scheme!r}."
    )
