"""No token, secret or refresh token in any log, exception, traceback with locals, or repr, whatever goes wrong."""

import logging
import traceback

import pytest

from include.services_api import RetryConfig, ServicesClient, errors
from tests.services_api.loopback import SECRETS, Reply

GOOD = Reply(body={"payload": {}})
MISHAPS = {
    "nothing": ([GOOD], []),
    "refused": ([Reply(400, {"errors": [{"code": "InvalidInput", "message": "no"}]})], []),
    "denied": ([Reply(403, {"errors": [{"code": "Unauthorized", "message": "no"}]})], []),
    "throttled": ([Reply(429, "", {"Retry-After": "0"})], []),
    "hung up": ([Reply(hang_up=True)], []),
    "unreadable": ([Reply(200, "<html>")], []),
    "redirected": ([Reply(302, "", {"Location": "http://127.0.0.1:1/"})], []),
    "rejected": ([GOOD], [Reply(400, {"error": "invalid_grant"})]),
    "login hung up": ([GOOD], [Reply(hang_up=True)]),
    "login unreadable": ([GOOD], [Reply(200, {"access_token": SECRETS[2]})]),
}


@pytest.mark.parametrize("mishap", MISHAPS)
@pytest.mark.parametrize("call", ["get_service_job", "complete_service_job"])
def test_nothing_shows(account, budget, loopback, caplog, capfd, mishap, call):
    caplog.set_level(logging.DEBUG)
    loopback.replies, loopback.token_replies = MISHAPS[mishap]
    retry_config = RetryConfig(attempts=2, first_wait_seconds=0.001)
    shown = [repr(account)]
    with ServicesClient(account, budget=budget, retry_config=retry_config) as client:
        try:
            getattr(client, call)("job")
        except errors.ServicesApiError as error:
            # without this frame, which knows the secrets
            trace = traceback.TracebackException(type(error), error, error.__traceback__.tb_next, capture_locals=True)
            shown += trace.format()
            shown.append(repr(vars(error)))
        shown += [repr(client.usage), repr(vars(client)), repr(vars(client._transport)), repr(vars(client._transport.auth))]
    shown += [record.getMessage() + str(record.exc_info) for record in caplog.records]
    shown += capfd.readouterr()
    assert loopback.logins
    for secret in SECRETS:
        assert secret not in "\n".join(shown)
