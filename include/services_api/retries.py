"""What is tried again, how long after, and how often: one predicate and two bounds."""

import logging
from dataclasses import dataclass

from tenacity import RetryCallState, Retrying, retry_if_exception, wait_exponential_jitter

from include.services_api.errors import BudgetUnavailable, OversizedResponse, RateLimited, ServiceUnavailable
from include.services_api.limits import LONG_WAIT_SECONDS

log = logging.getLogger(__name__)

TRANSIENT = (RateLimited, ServiceUnavailable, BudgetUnavailable)


def is_transient(error: BaseException) -> bool:
    """Whether the same request can succeed later. A write that may have arrived is an `OutcomeUnknown`, and does not pass."""
    return isinstance(error, TRANSIENT)


@dataclass(frozen=True)
class RetryConfig:
    """How long a call insists: so many attempts, so many seconds of back-off between them in all, and for one whole answer."""

    attempts: int = 8
    seconds: float = 300
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 30
    response_seconds: float = 60

    def retrying(self) -> Retrying:
        return Retrying(
            retry=retry_if_exception(is_transient), wait=self._wait, stop=self._stop, before_sleep=self._tell, reraise=True
        )

    def _wait(self, state: RetryCallState) -> float:
        backoff = wait_exponential_jitter(self.first_wait_seconds, self.longest_wait_seconds, jitter=self.first_wait_seconds)
        asked_for = getattr(state.outcome.exception(), "retry_after", None)
        # a server may ask for days: a wait beyond what is left of the patience is not begun
        return max(backoff(state), asked_for or 0)

    def _tell(self, state: RetryCallState) -> None:
        if state.upcoming_sleep > LONG_WAIT_SECONDS:
            error, number = state.outcome.exception(), state.attempt_number + 1
            log.warning("Waiting for %.0f s before attempt %d of %d: %s", state.upcoming_sleep, number, self.attempts, error)

    def _stop(self, state: RetryCallState) -> bool:
        # a second one of its size is no accident
        attempts = min(2, self.attempts) if isinstance(state.outcome.exception(), OversizedResponse) else self.attempts
        return state.attempt_number >= attempts or state.idle_for + state.upcoming_sleep > self.seconds
