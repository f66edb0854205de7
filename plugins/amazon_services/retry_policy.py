"""Which failures of a task are worth another try: the client has retried what passes, for minutes; a task may for hours."""

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from include.services_api.errors import ClockWrong, ServicesApiError
from include.services_api.retries import TRANSIENT
from include.warehouse.inputs.run_parameters import BadParameter


class ServicesRetryPolicy(ExceptionRetryPolicy):
    """Judges by the API's error where that is the cause of what failed the task."""

    def evaluate(self, exception, try_number, max_tries, context=None):
        cause = exception
        while cause is not None and not isinstance(cause, ServicesApiError):
            cause = cause.__cause__
        return super().evaluate(cause or exception, try_number, max_tries, context)


RETRY_POLICY = ServicesRetryPolicy(
    [
        # by the task's own delays
        RetryRule(list(TRANSIENT), RetryAction.DEFAULT, reason="The API or the rate budget was not to be had; that passes."),
        RetryRule(BadParameter, RetryAction.FAIL, reason="The run's parameters stay what they are."),
        RetryRule(ClockWrong, RetryAction.DEFAULT, reason="A clock that was wrong may have been set meanwhile."),
        RetryRule(ServicesApiError, RetryAction.FAIL, reason="The API's answer is final; trying again cannot change it."),
    ]
)
