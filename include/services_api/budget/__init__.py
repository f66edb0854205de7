"""The rate budget: one token bucket per account, host and operation, shared by every process that draws from it.

A request asks for a token and waits until there is one; nobody queues in the store, so a process that dies takes nothing
with it. Within a process, threads wait in turn.

Libraries were looked at first. pyrate-limiter 4.5 keeps token buckets in memory, between the children of one process, or in
Redis; its SQLite bucket, which unrelated processes can share without a server, counts a sliding window instead. throttled-py
3.3 keeps token buckets in memory or in Redis. So neither shares one between unrelated processes without a server, and neither
has a level below which one kind of caller has to wait while another may go on.
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
# nobody sleeps longer without a look: the rate may have gone up, or the others may have left
LONGEST_SLEEP_SECONDS = 1.0
PROJECT_DIR = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Grant:
    """Leave to send one request. `rate`: what the bucket holds for the limit, requests a second."""

    waited_seconds: float
    rate: float


class RateBudget:
    """Buckets by name in a store. Thread-safe."""

    def __init__(self, store: Store):
        self._store = store
        self._turns: dict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)
        self._rates: dict[str, float] = {}
        self._throttle = LogThrottle()

    def acquire(self, name: str, limit: Limit, priority: str = "scheduled", max_share: float = 1.0) -> Grant:
        """Wait for a token of the named bucket.

        :param max_share: above 0, at most 1: at most this share of the bucket's rate, for all who ask for the same share.
        """
        started, reserved = time.monotonic(), PRIORITIES[priority]
        with self._turns[name, priority]:
            if max_share < 1:
                self._take_of_share(name, limit, max_share)
            rate = self._rates[name] = self._wait(name, limit, lambda bucket, now: bucket.take(now, reserved))
            return Grant(time.monotonic() - started, rate)

    def _take_of_share(self, name: str, limit: Limit, share: float) -> None:
        """Wait for a token of a smaller bucket, which fills at a share of what the named one is known to fill at."""
        smaller, rate = Limit(limit.rate * share, limit.burst * share), self._rates.get(name, limit.rate) * share

        def take(bucket: Bucket, now: float) -> float:
            if bucket.rate != rate:
                bucket.follow(now, rate)
            return bucket.take(now)

        self._wait(f"{name} at most {share:g}", smaller, take)

    def _wait(self, name: str, limit: Limit, take: Callable[[Bucket, float], float]) -> float:
        """Ask until `take` need not wait; returns the bucket's rate."""
        started = time.monotonic()
        while True:
            wait, bucket = self._store.update(name, limit, take)
            if not wait:
                return bucket.rate
            longest = time.monotonic() - started + wait
            if longest > limits.LONG_WAIT_SECONDS and self._throttle.is_due(name):
                log.warning("The rate budget of %s lets a request wait for %.0f s: %s.", name, longest, bucket.reason())
            wait = min(wait, LONGEST_SLEEP_SECONDS)
            # spread, so that processes that wait for the same token do not all ask at once
            time.sleep(wait + random.uniform(0, min(wait, 0.1)))

    def follow(self, name: str, limit: Limit, rate: float) -> None:
        """The API said what the limit is."""
        self._store.update(name, limit, lambda bucket, now: bucket.follow(now, rate) or 0)

    def drain(self, name: str, limit: Limit, seconds: float) -> None:
        """The API said that the limit is reached: everybody waits."""
        self._store.update(name, limit, lambda bucket, now: bucket.drain(now, seconds) or 0)


def default_url() -> str:
    """`SERVICES_RATE_BUDGET_URL`, or a folder in the warehouse's."""
    warehouse = Path(os.environ.get("SERVICES_WAREHOUSE_DIR") or PROJECT_DIR / "warehouse")
    return os.environ.get("SERVICES_RATE_BUDGET_URL") or (warehouse.expanduser().absolute() / "rate_budget").as_uri()


def open_budget(url: str | None = None) -> RateBudget:
    """The budget at `file:///folder`, `redis://host:port/db` or `rediss://...`; the default one without a URL."""
    url = url or default_url()
    parts = urlsplit(url)
    if parts.scheme in ("redis", "rediss"):
        return RateBudget(RedisStore(url))
    if parts.scheme == "file" and parts.path:
        return RateBudget(FolderStore(Path(parts.path)))
    raise ValueError(
        f"SERVICES_RATE_BUDGET_URL should be file:///folder or redis://host:port/db, but its scheme is {parts.scheme!r}."
    )
