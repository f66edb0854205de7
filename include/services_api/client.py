"""The client: 17 operations of one account, at the speed that its limits allow."""

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

# asked before the machine's clock is called wrong: these outvote whatever was heard before
CLOCK_QUESTIONS = 3


class ServicesClient(Reads, Writes):
    """Calls the Services API for one account. Threads can share it; as a context manager it closes its connections.

    Every operation waits for its rate budget, repeats what passes and returns a `Response`.

    :param priority: "scheduled", or "backfill", which takes only what scheduled runs leave of the budget.
    :param max_share: at most this share of every operation's rate, above 0 and at most 1.
    :param budget: shared with all processes; the one of `SERVICES_RATE_BUDGET_URL` by default.
    :param observe: called with every request's `Observation`, for metrics.
    :raises InvalidParameter: before anything is sent.
    :raises ServicesApiError: of the type that says what to do next; see `include.services_api.errors`.
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
        """The API's clock, as the answers so far tell it."""
        return self._transport.clock

    def checked_time(self) -> datetime:
        """The time by the API's clock, for decisions that must not rest on the machine's alone.

        It costs no call where the token's answer, or any before, agrees with the machine's clock. Without an answer, or without
        a date in it, it is the machine's time, and a warning says so.

        Raises:
            ClockWrong: the machine's clock is further from the API's than `clock.TOLERANCE`, by several answers.
        """
        clock = self.clock
        is_silent = not clock.is_known and (clock.is_silence_reported or not self._ask(self._transport.sign_in))
        for _ in range(0 if is_silent else CLOCK_QUESTIONS):
            if clock.is_known and clock.agrees():
                break
            if not self._ask(self._look) or not clock.is_known:
                break
        return clock.check()

    def _look(self) -> None:
        since = self.clock.now() - timedelta(days=1)
        for marketplace_id in self.account.marketplace_ids[:1]:
            self.get_service_jobs(marketplace_id, created_after=since, page_size=1)

    def _ask(self, question: Callable[[], None]) -> bool:
        try:
            question()
        except ServicesApiError as error:
            # whoever reads next gets the error itself, and a ledger that holds it
            log.info("%s: the API's clock could not be asked: %s", self.account.name, error)
            return False
        return True

    @property
    def usage(self) -> Usage:
        """What this client has spent so far."""
        return self._meter.usage

    def close(self) -> None:
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
