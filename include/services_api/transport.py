"""Sends a call: takes a token from the rate budget, sends the request, reads the response, and retries transient failures."""

import logging
import math
import platform
import time
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import quote

import requests

from include.services_api import limits, responses, wire
from include.services_api.account import Account
from include.services_api.auth import LwaAuth
from include.services_api.budget import Grant, RateBudget
from include.services_api.clock import ApiClock, date_of
from include.services_api.errors import BudgetUnavailable, OutcomeUnknown, RateLimited, ServiceUnavailable
from include.services_api.log_throttle import LogThrottle
from include.services_api.operations import Operation
from include.services_api.parameters import text
from include.services_api.responses import Response
from include.services_api.retries import RetryConfig
from include.services_api.usage import Meter, Observation

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 64
# wait of all clients of a bucket after a 429 without Retry-After
DRAIN_SECONDS = 1.0


@dataclass(frozen=True)
class Call:
    """An operation with its parameters."""

    operation: Operation
    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: dict | None = None

    @classmethod
    def filled(
        cls, operation: Operation, *, path: dict[str, str] | None = None, query: dict | None = None, body: dict | None = None
    ) -> "Call":
        """Fill in the path of an operation.

        Raises:
            InvalidParameter: A path parameter is not a text of valid length.
        """
        quoted = {name: quote(text(name, value), safe="") for name, value in (path or {}).items()}
        return cls(operation, operation.path.format(**quoted), query or {}, body)


class Transport:
    """Sends the calls of one account. Thread-safe.

    Args:
        account: Credentials and endpoints.
        budget: Rate budget.
        claim: Priority and share with which tokens are taken from the budget.
        retry_config: Attempts, waits and time-outs.
        meter: Counts the requests.
    """

    def __init__(self, account: Account, budget: RateBudget, claim: tuple[str, float], retry_config: RetryConfig, meter: Meter):
        self._account, self._budget, self._claim = account, budget, claim
        self._retry_config, self._meter = retry_config, meter
        self._throttle = LogThrottle()
        self.clock = ApiClock(account.name)
        self.auth = LwaAuth(account, self.clock)
        self._session = wire.session(connections=MOST_CONNECTIONS)
        self._session.headers["User-Agent"] = user_agent()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()
        self.auth.close()

    def call(self, call: Call) -> Response:
        """Send a call and return its response.

        Raises:
            ServicesApiError: The call failed: at once if a retry cannot help, else on the last attempt.
        """
        return self._retry_config.retrying()(self._attempt, call)

    def _attempt(self, call: Call) -> Response:
        try:
            response = self._send(call)
            if response.status_code in (401, 403):
                self.auth.renew(response.request)
                response = self._send(call)
            return responses.read(call.operation, self._account.name, response, self.clock.now())
        except RateLimited as error:
            pause = min(error.retry_after or DRAIN_SECONDS, self._retry_config.seconds)
            self._budget.drain(self._bucket(call), call.operation.limit, pause)
            raise
        except ServiceUnavailable as error:
            if call.operation.is_write and error.may_have_arrived:
                raise _outcome_unknown(call.operation, error) from None
            raise

    def _send(self, call: Call) -> requests.Response:
        grant = self._budget.acquire(self._bucket(call), call.operation.limit, *self._claim)
        started = time.monotonic()
        try:
            response = self._session.request(
                call.operation.method,
                self._account.base_url + call.path,
                params=call.query,
                json=call.body,
                auth=self.auth,
                timeout=(limits.CONNECT_SECONDS, self._retry_config.response_seconds),
                # a redirect would send the token to another host
                allow_redirects=False,
            )
        except wire.FAILURES as error:
            self._note(call, grant, started, None)
            unavailable = wire.failure(error, operation=call.operation.name, account=self._account.name)
        else:
            self._note(call, grant, started, response)
            self._follow(call, grant, response.headers.get("x-amzn-RateLimit-Limit"))
            if not self.clock.update(response.headers, started) and not call.operation.is_write:
                raise self._wrong_date(call, response)
            return response
        # raised outside of the except clause, without its cause: that references the request, which contains the token
        raise unavailable

    def _wrong_date(self, call: Call, response: requests.Response) -> ServiceUnavailable:
        date, now = date_of(response.headers), self.clock.now()
        return ServiceUnavailable(
            f"the response is dated {date:%Y-%m-%d %H:%M:%S} UTC, but by earlier ones it is {now:%Y-%m-%d %H:%M:%S} UTC.",
            operation=call.operation.name, account=self._account.name, status=response.status_code,
            request_id=responses.request_id_of(response),
        )  # fmt: skip

    def _follow(self, call: Call, grant: Grant, header: str | None) -> None:
        if header is None:
            return
        limit, rate = call.operation.limit, _number(header)
        plausible = limit.plausible(rate)
        if plausible != rate and self._throttle.is_due(call.operation.name):
            log.warning(
                "%s: x-amzn-RateLimit-Limit of %s is %.20r, but the default is %g requests a second; a rate of %g is used.",
                self._account.name, call.operation.name, header, limit.rate, plausible or grant.rate,
            )  # fmt: skip
        if plausible is None or plausible == grant.rate:
            return
        try:
            self._budget.follow(self._bucket(call), limit, rate)
        except BudgetUnavailable as error:
            # the call has succeeded: retrying it because of this could repeat a write
            log.warning("%s", error)

    def _bucket(self, call: Call) -> str:
        return f"{self._account.name} {self._account.base_url} {call.operation.name}"

    def _note(self, call: Call, grant: Grant, started: float, response: requests.Response | None) -> None:
        self._meter.add(
            Observation(
                account=self._account.name,
                operation=call.operation.name,
                status=None if response is None else response.status_code,
                waited_seconds=grant.waited_seconds,
                duration_seconds=time.monotonic() - started,
                size=0 if response is None else len(response.content),
                request_id=None if response is None else responses.request_id_of(response),
            )
        )


def user_agent() -> str:
    """The user agent in the form that Amazon requires: application, version, language."""
    try:
        release = version("services-warehouse")
    except PackageNotFoundError:
        release = "0"
    return f"ServicesWarehouse/{release} (Language=Python/{platform.python_version()}; Platform={platform.system()})"


def _number(header: str) -> float:
    try:
        return float(header)
    except ValueError:
        return math.nan


def _outcome_unknown(operation: Operation, error: ServiceUnavailable) -> OutcomeUnknown:
    again = "Sending it again is harmless." if operation.idempotent else "Sending it again without a check could repeat it."
    return OutcomeUnknown(
        "sent, but there was no usable response: it may have been carried out, and is not repeated.",
        operation=operation.name, account=error.account, status=error.status, refusals=error.refusals,
        request_id=error.request_id, advice=f"What to check: {operation.check}. {again}",
    )  # fmt: skip
