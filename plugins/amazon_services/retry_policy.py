"""Which failures of a task are retried: transient errors of the client, after its own retries."""

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from include.services_api.errors import ClockWrong, ServicesApiError
from include.services_api.retries import TRANSIENT
from include.warehouse.inputs.run_parameters import BadParameter


class ServicesRetryPolicy(ExceptionRetryPolicy):
    """Applies the rules to the client's error if it is the cause of the task's exception."""

    def evaluate(self, exception, try_number, max_tries, context=None):
        """Decide whether a task is retried; see `ExceptionRetryPolicy`."""
        cause = exception
        while cause is not None and not isinstance(cause, ServicesApiError):
            cause = cause.__cause__
        return super().evaluate(cause or exception, try_number, max_tries, context)


RETRY_POLICY = ServicesRetryPolicy(
    [
        # DEFAULT: retried with the delays of the task
        RetryRule(list(TRANSIENT), RetryAction.DEFAULT, reason="Transient failure: the API or the rate budget is unavailable."),
        RetryRule(BadParameter, RetryAction.FAIL, reason="Invalid parameters: a retry would have the same ones."),
        RetryRule(ClockWrong, RetryAction.DEFAULT, reason="Transient failure: the clock may be corrected."),
        RetryRule(ServicesApiError, RetryAction.FAIL, reason="Permanent failure: the API would refuse the request again."),
    ]
)
