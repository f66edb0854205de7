"""Where buckets are kept, so that all processes draw from the same: a folder of one machine, or Redis for many.

Both do one thing: let a function see a bucket and change it while nobody else does.
"""

import fcntl
import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import orjson

from include.services_api.budget.bucket import Bucket, Limit
from include.services_api.errors import BudgetUnavailable

Change = Callable[[Bucket, float], float]


class Store(Protocol):
    def update(self, name: str, limit: Limit, change: Change) -> tuple[float, Bucket]:
        """Apply `change(bucket, now)` to the named bucket. It returns seconds to wait; only with 0 has it changed something."""


class FolderStore:
    """A file per bucket, locked by the kernel: the lock of a process that dies is gone with it.

    Times are the machine's monotonic clock, which all its processes share and nobody sets.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def update(self, name: str, limit: Limit, change: Change) -> tuple[float, Bucket]:
        path = self.folder / hashlib.sha256(name.encode()).hexdigest()[:24]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.seek(0)
                before = file.read()
                now = time.monotonic()
                bucket = _bucket(before, limit, now)
                wait = change(bucket, now)
                if not wait:
                    file.truncate(0)
                    file.write(orjson.dumps(bucket.state()))
                return wait, bucket
        except OSError as error:
            raise BudgetUnavailable(f"the rate budget in {self.folder} cannot be used: {error}.") from error


class RedisStore:
    """A key per bucket, changed by optimistic transactions on the server's clock: nothing is ever locked."""

    # a bucket is full again after seconds; what is forgotten is a rate that nobody has seen for a day
    KEPT_SECONDS = 86_400

    def __init__(self, url: str):
        import redis

        self._redis, self._client = redis, redis.Redis.from_url(url, socket_timeout=10, health_check_interval=30)

    def update(self, name: str, limit: Limit, change: Change) -> tuple[float, Bucket]:
        key = f"services_rate_budget:{name}"

        def transaction(pipe) -> tuple[float, Bucket]:
            seconds, microseconds = pipe.time()
            now = seconds + microseconds / 1e6
            bucket = _bucket(pipe.get(key) or b"", limit, now)
            wait = change(bucket, now)
            if not wait:
                pipe.multi()
                pipe.set(key, orjson.dumps(bucket.state()), ex=self.KEPT_SECONDS)
            return wait, bucket

        try:
            return self._client.transaction(transaction, key, value_from_callable=True)
        except self._redis.RedisError as error:
            # its text names host and port; the URL may hold a password
            raise BudgetUnavailable(f"the rate budget in Redis cannot be used: {error}.") from None


def _bucket(stored: bytes, limit: Limit, now: float) -> Bucket:
    try:
        return Bucket.restored(orjson.loads(stored), limit)
    except (ValueError, TypeError, KeyError, OverflowError):
        # new, of another version, or torn by a machine that stopped in the middle of a write
        return Bucket.full(limit, now)
