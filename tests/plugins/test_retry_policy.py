"""A final error fails a task at once, a passing one is tried again, also where another error stands before it."""

import pytest
from airflow.sdk import RetryAction

from amazon_services.retry_policy import RETRY_POLICY
from include.services_api import errors
from include.services_api.paging import EndlessPaging
from include.services_api.retries import TRANSIENT
from include.warehouse.inputs.input_files import InputRefused
from include.warehouse.inputs.run_parameters import BadParameter

FINAL = [
    errors.InvalidAccount, errors.InvalidParameter, errors.BadRequest, errors.AccessDenied, errors.CredentialsRejected,
    errors.NotFound, errors.Refused, errors.OutcomeUnknown, EndlessPaging,
]  # fmt: skip


def action(error: BaseException) -> RetryAction:
    return RETRY_POLICY.evaluate(error, try_number=1, max_tries=3).action


def wrapped(error: BaseException) -> BaseException:
    try:
        try:
            raise error
        except type(error) as cause:
            raise RuntimeError("a window failed") from cause
    except RuntimeError as outer:
        return outer


@pytest.mark.parametrize("wrap", [lambda error: error, wrapped])
@pytest.mark.parametrize("error", FINAL)
def test_final(error, wrap):
    assert action(wrap(error("no"))) == RetryAction.FAIL


@pytest.mark.parametrize("wrap", [lambda error: error, wrapped])
@pytest.mark.parametrize("error", [*TRANSIENT, errors.OversizedResponse, errors.ClockWrong])
def test_passing(error, wrap):
    assert action(wrap(error("not now"))) == RetryAction.DEFAULT


def test_other_errors_are_airflows_business():
    assert action(KeyError("x")) == RetryAction.DEFAULT


def test_every_error_is_one_or_the_other():
    kinds = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.ServicesApiError)]
    is_transient = {kind for kind in kinds if issubclass(kind, TRANSIENT)}
    assert set(kinds) - is_transient == {*FINAL, errors.ClockWrong, errors.ServicesApiError} - {EndlessPaging}


@pytest.mark.parametrize("error", [BadParameter, InputRefused])
def test_bad_parameters_do_not_become_better(error):
    assert action(error("no")) == RetryAction.FAIL
