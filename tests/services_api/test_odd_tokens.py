"""A secret or a token with characters that no form, header or encoding takes shows in no error, log line or traceback."""

import logging
import traceback

import pytest

from include.services_api import Account, RetryConfig, ServicesClient, errors
from include.services_api.account import Secret
from tests.services_api.loopback import Reply

MARK = "V3rySecret"
ODD = {
    "newline": f"{MARK}\nX-Injected: {MARK}", "carriage return": f"{MARK}\r{MARK}", "nul": f"{MARK}\x00{MARK}",
    "tab": f"{MARK}\t{MARK}", "not latin-1": f"{MARK}漢字{MARK}", "latin-1": f"{MARK}é{MARK}", "surrogate": f"{MARK}\ud800{MARK}",
    "quotes": f"{MARK}'\"{MARK}", "percent": f"{MARK}%s%d%(x)s%{MARK}", "braces": f"{MARK}{{0}}{{x}}{MARK}",
    "space": f"{MARK} {MARK}", "long": MARK * 5_000,
}  # fmt: skip
NOT_SENDABLE = {"newline", "carriage return", "nul", "tab", "not latin-1", "latin-1", "surrogate", "space", "long"}
RETRY_CONFIG = RetryConfig(attempts=2, first_wait_seconds=0.001, longest_wait_seconds=0.01)


def shown_by(call, caplog, capfd) -> str:
    """Everything that anybody can see of a call that fails, its own frame apart."""
    caplog.set_level(logging.DEBUG)
    shown = []
    try:
        call()
    except Exception as error:
        assert isinstance(error, errors.ServicesApiError), repr(error)
        trace = traceback.TracebackException(type(error), error, error.__traceback__.tb_next.tb_next, capture_locals=True)
        shown += [str(error), repr(error), repr(vars(error)), *trace.format()]
    shown += [record.getMessage() + str(record.exc_info) + str(record.args) for record in caplog.records]
    return "\n".join([*shown, *capfd.readouterr()])


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("field", ["client_secret", "refresh_token"])
def test_secrets_of_a_connection(loopback, budget, caplog, capfd, kind, field):
    # as the hook gives them: the frame of a constructor that refuses one shows its arguments
    secrets = {"client_secret": "ordinary-secret", "refresh_token": "Atzr|ordinary"} | {field: Secret(ODD[kind])}
    loopback.token_replies = [Reply(400, {"error": "invalid_grant", "error_description": "no"})]

    def call() -> None:
        account = Account("my_shop", "client", endpoint=loopback.url, token_url=f"{loopback.url}/auth/o2/token", **secrets)
        with ServicesClient(account, budget=budget, retry_config=RETRY_CONFIG) as client:
            client.get_service_job("job")

    shown = shown_by(call, caplog, capfd)
    assert "my_shop" in shown
    assert MARK not in shown


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("call", ["get_service_job", "complete_service_job"])
def test_an_access_token(account, loopback, budget, caplog, capfd, kind, call):
    body = {"access_token": ODD[kind], "expires_in": 3600}
    loopback.token_replies = [Reply(200, body)]
    loopback.script(Reply(403, {"errors": [{"code": "Unauthorized", "message": "no"}]}))

    def send() -> None:
        with ServicesClient(account, budget=budget, retry_config=RETRY_CONFIG) as client:
            getattr(client, call)("job")

    shown = shown_by(send, caplog, capfd)
    assert "my_shop" in shown
    assert MARK not in shown
    if kind in NOT_SENDABLE:
        assert "without a usable access token" in shown
        assert not loopback.requests


@pytest.mark.parametrize("token", [None, 5, "", [], {"a": 1}, True])
def test_an_access_token_that_is_no_text(account, loopback, budget, token):
    loopback.token_replies = [Reply(200, {"access_token": token, "expires_in": 3600})]
    with (
        ServicesClient(account, budget=budget, retry_config=RETRY_CONFIG) as client,
        pytest.raises(errors.ServiceUnavailable, match=r"Login with Amazon .*without a usable access token"),
    ):
        client.get_service_job("job")
