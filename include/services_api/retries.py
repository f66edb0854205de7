"""Which errors are retried, after which waits, and how often."""

import logging
from dataclasses import dataclass

from tenacity import RetryCallState, Retrying, retry_if_exception, wait_exponential_jitter

from include.services_api.errors import BudgetUnavailable, OversizedResponse, RateLimited, ServiceUnavailable
from include.services_api.limits import LONG_WAIT_SECONDS

log = logging.getLogger(__name__)

TRANSIENT = (RateLimited, ServiceUnavailable, BudgetUnavailable)


def is_transient(error: BaseException) -> bool:
    """Whether the same request may succeed later. A write that may have arrived raises `OutcomeUnknown` and is not retried."""
    return isinstance(error, TRANSIENT)


@dataclass(frozen=True)
class RetryConfig:
    """Retries of a call.

    Attributes:
        attempts: Maximum number of attempts.
        seconds: Maximum time of all waits between attempts.
        first_wait_seconds: First wait, which doubles with each attempt and has a jitter of the same size.
        longest_wait_seconds: Maximum of a wait, unless the response asks for a longer one.
        response_seconds: Time-out for a whole response.
    """

    attempts: int = 8
    seconds: float = 300
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 30
    response_seconds: float = 60

    def retrying(self) -> Retrying:
        """A new retry controller of tenacity."""
        return Retrying(
            retry=retry_if_exception(is_transient), wait=self._wait, stop=self._stop, before_sleep=self._log, reraise=True
        )

    def _wait(self, state: RetryCallState) -> float:
        backoff = wait_exponential_jitter(self.first_wait_seconds, self.longest_wait_seconds, jitter=self.first_wait_seconds)
        # `_stop` ends the call if the server asks for more than `seconds`
        return max(backoff(state), getattr(_error(state), "retry_after", None) or 0)

    def _log(self, state: RetryCallState) -> None:
        if state.upcoming_sleep > LONG_WAIT_SECONDS:
            seconds, attempt = state.upcoming_sleep, state.attempt_number + 1
            log.warning("Waiting for %.0f s before attempt %d of %d: %s", seconds, attempt, self.attempts, _error(state))

    def _stop(self, state: RetryCallState) -> bool:
        # a second oversized response is not a coincidence
        attempts = min(2, self.attempts) if isinstance(_error(state), OversizedResponse) else self.attempts
        return state.attempt_number >= attempts or state.idle_for + state.upcoming_sleep > self.seconds


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
