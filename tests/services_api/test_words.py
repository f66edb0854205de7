"""Amazon's words are clean wherever the client gives them: errors in every form, warnings, request ids, log lines."""

import logging
import traceback

import pytest

from include.services_api import Account, RetryConfig, ServicesClient, errors
from tests.services_api.loopback import Reply

PERSONAL = (
    "2065550100", "0151 23456789", "10 Downing Street", "Am alten Weg 5", "jane@example.com", "A1SECRETBUYER",
    "Atza|token-of-old",
)  # fmt: skip
SPOKEN = "Job 4f4d0f5e-1b2c-4d5e-8f90-123456789012: " + ", ".join(PERSONAL[:5]) + f", buyerId: {PERSONAL[5]}, {PERSONAL[6]}"
ENTRY = {"code": f"InvalidInput {PERSONAL[0]}", "message": SPOKEN, "details": SPOKEN, "customer": SPOKEN}
ANSWERS = {
    **{str(status): Reply(status, {"errors": [ENTRY, ENTRY]}) for status in (400, 403, 404, 413, 422, 429, 500, 503)},
    "200 with errors": Reply(200, {"errors": [ENTRY]}),
    "200 with errors of Amazon's own": Reply(200, {"errors": [ENTRY | {"code": "InternalFailure"}]}),
    "200 without payload": Reply(200, {"errors": [ENTRY | {"errorLevel": "WARNING"}]}),
    "a list": Reply(400, [ENTRY]),
    "odd types": Reply(400, {"errors": [{"code": {"x": SPOKEN}, "message": [SPOKEN], "details": 2065550100}]}),
    "a header": Reply(400, {}, {"x-amzn-RequestId": SPOKEN}),
}


def assert_clean(text: str) -> None:
    assert [value for value in PERSONAL if value in text] == []


@pytest.fixture
def impatient(account, budget):
    retry_config = RetryConfig(attempts=2, first_wait_seconds=0.001, longest_wait_seconds=0.01)
    with ServicesClient(account, budget=budget, retry_config=retry_config) as client:
        yield client


@pytest.mark.parametrize("call", ["get_service_job", "complete_service_job"])
@pytest.mark.parametrize("answer", ANSWERS)
def test_errors_are_clean_in_every_form(impatient, loopback, caplog, capfd, answer, call):
    caplog.set_level(logging.DEBUG)
    loopback.script(ANSWERS[answer])
    try:
        getattr(impatient, call)("job")
    except errors.ServicesApiError as error:
        chain = traceback.format_exception(error)
        shown = [str(error), repr(error), repr(error.args), repr(vars(error)), *chain]
        if answer in ("400", "404", "422"):
            assert "4f4d0f5e-1b2c-4d5e-8f90-123456789012" in str(error)
            assert "InvalidInput" in error.refusals[0].code and error.request_id == "request-1"
    else:
        assert call == "complete_service_job" and answer == "200 without payload"
        shown = []
    shown += [record.getMessage() + str(record.exc_text) for record in caplog.records]
    assert_clean("\n".join([*shown, *capfd.readouterr(), repr(impatient.usage)]))


@pytest.mark.parametrize("body", [
    {"payload": {}, "errors": [ENTRY | {"errorLevel": "WARNING"}]},
    {"payload": {"warnings": [ENTRY]}},
    {"payload": {"records": [{"warnings": [ENTRY]}]}, "warnings": [ENTRY]},
])  # fmt: skip
def test_warnings_hold_what_the_model_names_and_no_more(client, loopback, body):
    loopback.script(Reply(200, body))
    answer = client.get_service_job("job")
    assert answer.warnings
    for warning in answer.warnings:
        assert set(warning) <= {"code", "message", "details", "errorLevel"}
        assert warning["code"] == "InvalidInput (a phone number)"
        assert "4f4d0f5e-1b2c-4d5e-8f90-123456789012" in warning["message"]
    assert_clean(repr(answer.warnings))


def test_a_login_that_repeats_the_secrets_is_not_repeated(loopback, budget):
    """Also where it spells them as a URL or Python does."""
    secret, token = 's3cret"of-mine%', "refresh'token%41+"
    account = Account("my_shop", "client", secret, token, endpoint=loopback.url, token_url=f"{loopback.url}/auth/o2/token")
    said = f"{secret} {token!r} s3cret%22of-mine%25 {PERSONAL[0]}"
    loopback.token_replies = [Reply(400, {"error": f"invalid_grant {token}", "error_description": said})]
    with ServicesClient(account, budget=budget) as client, pytest.raises(errors.CredentialsRejected) as caught:
        client.get_service_job("job")
    assert loopback.logins[0]["client_secret"] == secret and loopback.logins[0]["refresh_token"] == token
    shown = str(caught.value) + repr(vars(caught.value))
    assert "invalid_grant" in shown
    for part in ("s3cret", "refresh'token", "refresh%27token", PERSONAL[0]):
        assert part not in shown


def test_a_value_that_a_refusal_quotes_is_clean():
    from include.writes import inputs

    for reader in (inputs.moment, inputs.whole_number):
        with pytest.raises(errors.InvalidParameter) as caught:
            reader("startTime", SPOKEN)
        assert_clean(str(caught.value))
