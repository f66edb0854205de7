"""Counts and logs the requests of a client, and passes them to an observer."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Usage:
    """Totals of a client.

    Attributes:
        requests: Number of requests.
        throttled: Number of responses with 429.
        waited_seconds: Time of all threads in wait for the rate budget.
        bytes: Size of all bodies.
        last_request_id: Amazon's id of the latest request.
    """

    requests: int = 0
    throttled: int = 0
    waited_seconds: float = 0.0
    bytes: int = 0
    last_request_id: str | None = None


@dataclass(frozen=True)
class Observation:
    """One request.

    Attributes:
        account: Connection id.
        operation: Name of the operation.
        status: HTTP status; None without a response.
        waited_seconds: Time in wait for the rate budget.
        duration_seconds: Time from sending the request to the end of the response.
        size: Bytes of the body.
        request_id: Amazon's id of the request; None without a response.
    """

    account: str
    operation: str
    status: int | None
    waited_seconds: float
    duration_seconds: float
    size: int
    request_id: str | None


class Meter:
    """Adds up requests. Thread-safe."""

    def __init__(self, observe: Callable[[Observation], None] | None = None):
        self.usage, self._lock = Usage(), threading.Lock()
        self._observe = observe

    def add(self, request: Observation) -> None:
        """Count, log and pass on one request."""
        log.debug(
            "%s %s: HTTP %s, %d bytes, waited %.3f s, took %.3f s, request %s",
            request.account, request.operation, request.status, request.size, request.waited_seconds,
            request.duration_seconds, request.request_id,
        )  # fmt: skip
        with self._lock:
            usage = self.usage
            self.usage = replace(
                usage,
                requests=usage.requests + 1,
                throttled=usage.throttled + (request.status == 429),
                waited_seconds=usage.waited_seconds + request.waited_seconds,
                bytes=usage.bytes + request.size,
                last_request_id=request.request_id or usage.last_request_id,
            )
        if self._observe:
            self._observe(request)
