"""Login with Amazon: one token for all threads, renewed early or when the API refuses it; refusals are final and say why."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from include.services_api import errors
from tests.services_api.loopback import Reply

EXPIRED = {"errors": [{"code": "Unauthorized", "message": "Access to requested resource is denied.", "details": "expired"}]}


def test_exchanges_the_refresh_token(client, loopback):
    client.get_service_job("job")
    assert loopback.logins == [
        {
            "grant_type": "refresh_token",
            "client_id": "client-id",
            "client_secret": "very-secret-client-secret",
            "refresh_token": "Atzr|very-secret-refresh-token",
        }
    ]
    assert loopback.requests[0]["headers"]["x-amz-access-token"] == "Atza|very-secret-access-token-1"


def test_threads_share_one_token(client, loopback):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(client.get_service_job, map(str, range(16))))
    assert len(loopback.logins) == 1


def test_renews_before_the_token_expires(client, loopback):
    loopback.lifetime = 0
    client.get_service_job("job")
    client.get_service_job("job")
    assert len(loopback.logins) == 2


@pytest.mark.parametrize("status", [401, 403])
def test_renews_once_and_repeats_when_the_api_refuses_the_token(client, loopback, status):
    loopback.script(Reply(status, EXPIRED), Reply(body={"payload": {"serviceJobId": "job"}}))
    assert client.get_service_job("job").payload == {"serviceJobId": "job"}
    tokens = [request["headers"]["x-amz-access-token"][-1] for request in loopback.requests]
    assert tokens == ["1", "2"]


def test_a_write_is_repeated_with_a_fresh_token(client, loopback):
    loopback.script(Reply(403, EXPIRED), Reply(body={}))
    client.complete_service_job("job")
    assert len(loopback.requests) == 2


def test_access_denied_names_connection_and_role(client, loopback):
    loopback.script(Reply(403, EXPIRED))
    with pytest.raises(errors.AccessDenied, match=r"my_shop.*expired.*Professional Services") as caught:
        client.get_service_job("job")
    assert len(loopback.requests) == 2
    refusal = caught.value.refusals[0]
    assert (refusal.code, refusal.details, caught.value.request_id) == ("Unauthorized", "expired", "request-1")


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client", "unauthorized_client"])
def test_rejected_credentials_are_final(client, loopback, error):
    loopback.token_replies = [Reply(400, {"error": error, "error_description": "what Amazon said"})]
    with pytest.raises(errors.CredentialsRejected, match=rf"my_shop.*{error}: what Amazon said.*refresh_token"):
        client.get_service_job("job")
    assert len(loopback.logins) == 1
    assert not loopback.requests


@pytest.mark.parametrize("broken", [Reply(503, "<html>"), Reply(200, "<html>"), Reply(200, {}), Reply(hang_up=True)])
def test_an_unavailable_login_is_tried_again(client, loopback, broken):
    loopback.token_replies = [broken, broken, Reply(body={"access_token": "token", "expires_in": 3600})]
    client.complete_service_job("job")
    assert (len(loopback.logins), len(loopback.requests)) == (3, 1)


def test_a_login_that_stays_unavailable(client, loopback):
    loopback.token_replies = [Reply(503, "<html>")]
    with pytest.raises(errors.ServiceUnavailable, match=r"Login with Amazon.*my_shop.*503"):
        client.complete_service_job("job")
    assert len(loopback.logins) == 3
