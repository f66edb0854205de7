"""What a client spends: counted for its tasks, told to whoever observes it, a line each for the log."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Usage:
    """What a client has spent so far. `throttled`: answers with 429. `waited_seconds`: for the budget, over all threads."""

    requests: int = 0
    throttled: int = 0
    waited_seconds: float = 0.0
    bytes: int = 0
    last_request_id: str | None = None


@dataclass(frozen=True)
class Observation:
    """One request. `status` and `request_id` are None where no answer came; `duration_seconds` does not hold the wait."""

    account: str
    operation: str
    status: int | None
    waited_seconds: float
    duration_seconds: float
    size: int
    request_id: str | None


class Meter:
    """Adds requests up. Thread-safe."""

    def __init__(self, observe: Callable[[Observation], None] | None = None):
        self.usage, self._lock = Usage(), threading.Lock()
        self._observe = observe

    def add(self, seen: Observation) -> None:
        log.debug(
            "%s %s: HTTP %s, %d bytes, waited %.3f s, took %.3f s, request %s",
            seen.account, seen.operation, seen.status, seen.size, seen.waited_seconds, seen.duration_seconds, seen.request_id,
        )  # fmt: skip
        with self._lock:
            used = self.usage
            self.usage = replace(
                used,
                requests=used.requests + 1,
                throttled=used.throttled + (seen.status == 429),
                waited_seconds=used.waited_seconds + seen.waited_seconds,
                bytes=used.bytes + seen.size,
                last_request_id=seen.request_id or used.last_request_id,
            )
        if self._observe:
            self._observe(seen)
