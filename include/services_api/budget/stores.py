"""Stores of buckets that all processes share: a folder on one machine, or Redis for several machines.

A store lets a function read and change a bucket while no other process does.
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

Change = Callable[[Bucket, float], float | None]


class Store(Protocol):
    """Where buckets are stored."""

    def update(self, name: str, limit: Limit, change: Change) -> tuple[float, Bucket]:
        """Apply a change to a bucket.

        Args:
            name: Name of the bucket.
            limit: Limit of a new bucket.
            change: Called with the bucket and the time in seconds. It changes the bucket, or returns seconds to wait.

        Returns:
            The seconds to wait, 0 after a change, and the bucket.

        Raises:
            BudgetUnavailable: The store is unavailable.
        """


class FolderStore:
    """One file per bucket, locked by the operating system, which releases the lock of a process that dies.

    Times are those of the monotonic clock, which the processes of a machine share and which cannot be set.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def update(self, name: str, limit: Limit, change: Change) -> tuple[float, Bucket]:
        """See `Store.update`."""
        path = self.folder / hashlib.sha256(name.encode()).hexdigest()[:24]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.seek(0)
                content = file.read()
                now = time.monotonic()
                bucket = _bucket(content, limit, now)
                wait = change(bucket, now) or 0.0
                if not wait:
                    file.truncate(0)
                    file.write(orjson.dumps(bucket.state()))
                return wait, bucket
        except OSError as error:
            raise BudgetUnavailable(f"the rate budget in {self.folder} is unavailable: {error}.") from error


class RedisStore:
    """One key per bucket, changed in optimistic transactions without locks. Times are those of the server's clock."""

    # a bucket is full again within seconds; after a day only its rate is lost
    KEPT_SECONDS = 86_400

    def __init__(self, url: str):
        import redis

        self._redis, self._client = redis, redis.Redis.from_url(url, socket_timeout=10, health_check_interval=30)

    def update(self, name: str, limit: Limit, change: Change) -> tuple[float, Bucket]:
        """See `Store.update`."""
        key = f"services_rate_budget:{name}"
        result: tuple[float, Bucket]

        def transaction(pipe) -> None:
            nonlocal result
            seconds, microseconds = pipe.time()
            now = seconds + microseconds / 1e6
            bucket = _bucket(pipe.get(key) or b"", limit, now)
            wait = change(bucket, now) or 0.0
            if not wait:
                pipe.multi()
                pipe.set(key, orjson.dumps(bucket.state()), ex=self.KEPT_SECONDS)
            result = wait, bucket

        try:
            self._client.transaction(transaction, key)
        except self._redis.RedisError as error:
            # the error's text names host and port, without a password of the URL
            raise BudgetUnavailable(f"the rate budget in Redis is unavailable: {error}.") from None
        return result


def _bucket(stored: bytes, limit: Limit, now: float) -> Bucket:
    try:
        return Bucket.restored(orjson.loads(stored), limit)
    except (ValueError, TypeError, KeyError, OverflowError):
        # new, of another version, or damaged because the machine stopped during a write
        return Bucket.full(limit, now)
