"""The client: 17 operations for one account, within its rate limits."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from include.services_api.account import Account
from include.services_api.budget import PRIORITIES, RateBudget, open_budget
from include.services_api.clock import ApiClock
from include.services_api.errors import ServicesApiError
from include.services_api.operations import Operation
from include.services_api.parameters import choice, refuse
from include.services_api.reads import Reads
from include.services_api.responses import Response
from include.services_api.retries import RetryConfig
from include.services_api.transport import Call, Transport
from include.services_api.usage import Meter, Observation, Usage
from include.services_api.writes import Writes

log = logging.getLogger(__name__)

# calls before the machine's clock is reported as wrong: their responses outvote the earlier ones in `ApiClock`
CLOCK_CHECKS = 3


class ServicesClient(Reads, Writes):
    """Calls the Services API for one account. Thread-safe; as a context manager it closes its connections.

    Every operation waits for its rate budget, retries transient failures and returns a `Response`.

    Args:
        account: Credentials and endpoints.
        priority: `scheduled`, or `backfill`, which uses only what scheduled runs leave of the budget.
        max_share: Share of every operation's rate to use at most, above 0 and up to 1.
        budget: Rate budget that all processes share; the one of `SERVICES_RATE_BUDGET_URL` by default.
        retry_config: Attempts, waits and time-outs.
        observe: Called with the `Observation` of every request, for metrics.

    Raises:
        InvalidParameter: A parameter is invalid; nothing was sent.
        ServicesApiError: The call failed; `include.services_api.errors` lists the types.
    """

    def __init__(
        self,
        account: Account,
        priority: str = "scheduled",
        *,
        max_share: float = 1.0,
        budget: RateBudget | None = None,
        retry_config: RetryConfig | None = None,
        observe: Callable[[Observation], None] | None = None,
    ):
        self.account, self.max_share = account, max_share
        if not 0 < max_share <= 1:
            raise refuse("max_share", "above 0 and at most 1", max_share)
        choice("priority", priority, tuple(PRIORITIES))
        self._meter = Meter(observe)
        self._transport = Transport(
            account, budget or open_budget(), (priority, max_share), retry_config or RetryConfig(), self._meter
        )

    @property
    def clock(self) -> ApiClock:
        """The API's clock, estimated from the responses so far."""
        return self._transport.clock

    def checked_time(self) -> datetime:
        """The time by the API's clock, for decisions that must not depend on the machine's clock alone.

        No call is needed if the response of Login with Amazon, or an earlier one, agrees with the machine's clock. If there is
        no response, or none with a date, the machine's time is returned and a warning is logged.

        Raises:
            ClockWrong: According to several responses, the machine's clock deviates by more than `clock.TOLERANCE`.
        """
        clock = self.clock
        has_no_date = not clock.is_known and (clock.is_silence_reported or not self._try(self._transport.auth.sign_in))
        for _ in range(0 if has_no_date else CLOCK_CHECKS):
            if clock.is_known and clock.agrees():
                break
            if not self._try(self._list_one_job) or not clock.is_known:
                break
        return clock.check()

    def _list_one_job(self) -> None:
        since = self.clock.now() - timedelta(days=1)
        for marketplace_id in self.account.marketplace_ids[:1]:
            self.get_service_jobs(marketplace_id, created_after=since, page_size=1)

    def _try(self, call: Callable[[], object]) -> bool:
        try:
            call()
        except ServicesApiError as error:
            # the calls that follow raise the same error, and their callers record it
            log.info("%s: the API's clock could not be read: %s", self.account.name, error)
            return False
        return True

    @property
    def usage(self) -> Usage:
        """Requests, waits and bytes of this client so far."""
        return self._meter.usage

    def close(self) -> None:
        """Log the usage and close the connections."""
        used = self.usage
        log.info(
            "%s: %d calls, %.1f s waited for the rate budget, %d throttled, %d bytes",
            self.account.name, used.requests, used.waited_seconds, used.throttled, used.bytes,
        )  # fmt: skip
        self._transport.close()

    def __enter__(self) -> "ServicesClient":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _call(self, operation: Operation, **parts: dict) -> Response:
        return self._transport.call(Call.filled(operation, **parts))
