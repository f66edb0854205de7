"""The hook makes an account of a connection, however the connection was written, and tests it."""

from urllib.parse import quote

import pytest
from tenacity import Retrying, stop_after_attempt

from amazon_services.hooks import AmazonServicesHook
from include.services_api import RetryConfig
from include.services_api.errors import InvalidAccount
from tests.services_api.loopback import SECRETS, Reply
from tests.services_api.test_odd_tokens import MARK, ODD

HOOK = AmazonServicesHook("my_shop")


def test_identity():
    assert AmazonServicesHook().amazon_services_conn_id == "amazon_services_default"
    assert (HOOK.conn_type, HOOK.conn_name_attr) == ("amazon_services", "amazon_services_conn_id")


def test_every_field_arrives(connect):
    connect(region="eu", sandbox=True, store_ids=["s1"], asins=["B07MOUNT01"], resource_ids=["r1"])
    account = HOOK.get_account()
    assert (account.name, account.client_id, account.client_secret, account.refresh_token) == (
        "my_shop",
        "client-id",
        *SECRETS[:2],
    )
    assert (account.region, account.sandbox, account.marketplace_ids) == ("eu", True, ("ATVPDKIKX0DER",))
    assert (account.store_ids, account.asins, account.resource_ids) == (("s1",), ("B07MOUNT01",), ("r1",))


def test_the_uri_form(connect, monkeypatch):
    extra = f"refresh_token={quote(SECRETS[1], safe='')}&marketplace_ids=A1%2CA2&sandbox=true&region=fe"
    monkeypatch.setenv("AIRFLOW_CONN_MY_SHOP", f"amazon-services://client-id:{quote(SECRETS[0])}@/?{extra}")
    account = HOOK.get_account()
    assert (account.marketplace_ids, account.sandbox, account.region) == (("A1", "A2"), True, "fe")
    assert account.base_url == "https://sandbox.sellingpartnerapi-fe.amazon.com"


def test_what_a_form_leaves_empty_is_not_there(connect):
    connect(region="", endpoint="", token_url=None, store_ids=None, sandbox=None)
    account = HOOK.get_account()
    assert account.base_url == "https://sellingpartnerapi-na.amazon.com"
    assert (account.store_ids, account.sandbox) == ((), False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"login": ""}, "login"),
        ({"password": ""}, "password"),
        ({"refresh_token": None}, "refresh_token"),
        ({"region": "us"}, "region"),
        ({"sandbox": "perhaps"}, "sandbox"),
        ({"marketplace_ids": "not an id"}, "marketplace_ids"),
        ({"store_ids": 3}, "store_ids"),
    ],
)
def test_a_bad_connection_is_named_with_its_field(connect, changes, field):
    connect(**changes)
    with pytest.raises(InvalidAccount, match=rf"my_shop.*{field}"):
        HOOK.get_account()


def test_a_client_calls(connect, loopback):
    with HOOK.get_client("backfill") as client:
        assert client.get_service_job("job").payload == {}
    assert loopback.requests[0]["path"] == "/service/v1/serviceJobs/job"


def test_the_test_button_reads_one_job(connect, loopback):
    loopback.script(Reply(body={"payload": {"totalResultSize": 7, "jobs": []}}))
    assert HOOK.test_connection() == (True, "Connected. Jobs created in ATVPDKIKX0DER since yesterday: 7.")
    assert loopback.requests[0]["query"]["pageSize"] == "1"
    assert len(loopback.logins) == 1


def test_the_test_button_says_what_to_do(connect, loopback):
    loopback.token_replies = [Reply(401, {"error": "invalid_client", "error_description": "Client authentication failed"})]
    done, said = HOOK.test_connection()
    assert not done
    assert "my_shop" in said and "Client authentication failed" in said and "password" in said


def test_the_test_button_wants_a_marketplace(connect):
    connect(marketplace_ids=None)
    done, said = HOOK.test_connection()
    assert not done
    assert "marketplace_ids" in said


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("field", ["password", "refresh_token", "access_token"])
def test_the_test_button_shows_no_odd_secret(connect, loopback, monkeypatch, caplog, capfd, kind, field):
    monkeypatch.setattr(RetryConfig, "retrying", lambda self: Retrying(reraise=True, stop=stop_after_attempt(1)))
    if kind == "surrogate" and field != "access_token":
        pytest.skip("no environment variable holds half of a surrogate pair")
    caplog.set_level("DEBUG")
    if field == "access_token":
        loopback.token_replies = [Reply(200, {"access_token": ODD[kind], "expires_in": 3600})]
        loopback.script(Reply(403, {"errors": [{"code": "Unauthorized", "message": "no"}]}))
    else:
        connect(**{field: ODD[kind]})
        loopback.token_replies = [Reply(400, {"error": "invalid_grant", "error_description": f"unknown: {ODD[kind]}"})]
    done, message = HOOK.test_connection()
    assert not done
    assert "my_shop" in message
    assert MARK not in message + caplog.text + "".join(capfd.readouterr())
