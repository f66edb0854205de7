"""Connections that cannot work, however they were written: refused by connection and field, without a secret in any word."""

import json
import traceback

import pytest
from airflow.sdk import Connection

from amazon_services.hooks import AmazonServicesHook
from include.services_api.errors import InvalidAccount
from tests.services_api.loopback import SECRETS

HOOK = AmazonServicesHook("my_shop")
SECRET, TOKEN = SECRETS[:2]
GOOD = {"refresh_token": TOKEN, "marketplace_ids": ["ATVPDKIKX0DER"]}
NESTED = "[" * 100_000 + "]" * 100_000

# what stands in place of the whole extra
EXTRAS = {
    "[1]": "extra", "7": "extra", "0.5": "extra", '"Atzr|token"': "extra", "true": "extra", "null": "extra", "[]": "extra",
    f"{TOKEN}": "extra", '{"refresh_token": ': "extra", "{'region': 'na'}": "extra",
    "NaN": "extra", "\0": "extra", "\ufeff{}": "extra",
    NESTED: "extra", "{}": "refresh_token", '{"": 1}': "refresh_token", '{"Refresh_Token": "x"}': "refresh_token",
    json.dumps({"extra": GOOD}): "refresh_token", json.dumps(json.dumps(GOOD)): "extra",
}  # fmt: skip

# what stands in one field of it
FIELDS = [
    ("refresh_token", 7), ("refresh_token", [TOKEN]), ("refresh_token", {"value": TOKEN}), ("refresh_token", True),
    ("refresh_token", "   "), ("refresh_token", f"{TOKEN}\0"), ("refresh_token", f"{TOKEN}\r\nX-Evil: 1"),
    ("refresh_token", f"{TOKEN} {TOKEN}"), ("refresh_token", f"{TOKEN}ü"), ("refresh_token", f"Atzr\u2028{TOKEN}"),
    ("refresh_token", f"{TOKEN}\x1b[31m"), ("refresh_token", f"Atzr\ud800{TOKEN}"), ("refresh_token", f"“{TOKEN}”"),
    ("refresh_token", TOKEN * 1_000),
    ("region", "NA"), ("region", "us"), ("region", 1), ("region", ["na"]), ("region", {"na": True}), ("region", True),
    ("region", "na\n"), ("region", TOKEN), ("region", "na; drop"), ("region", "\0"),
    ("marketplace_ids", 7), ("marketplace_ids", {"US": "ATVPDKIKX0DER"}), ("marketplace_ids", True), ("marketplace_ids", [7]),
    ("marketplace_ids", [None]), ("marketplace_ids", [["ATVPDKIKX0DER"]]), ("marketplace_ids", ["ATVPDKIKX0DER", ""]),
    ("marketplace_ids", ["atvpdkikx0der"]), ("marketplace_ids", "United States"), ("marketplace_ids", ["ATVPDKIKX0DER\0"]),
    ("marketplace_ids", ["ÄTVPDKIKX0DER"]), ("marketplace_ids", ["A" * 101]), ("marketplace_ids", TOKEN),
    ("marketplace_ids", [TOKEN]), ("marketplace_ids", '["ATVPDKIKX0DER"]'), ("marketplace_ids", ["A1,A2"]),
    ("sandbox", "perhaps"), ("sandbox", 0), ("sandbox", 1), ("sandbox", []), ("sandbox", {}), ("sandbox", "0"),
    ("sandbox", TOKEN),
    ("endpoint", 7), ("endpoint", ["https://host"]), ("endpoint", {"url": "https://host"}), ("endpoint", "host"),
    ("endpoint", "file:///etc/passwd"), ("endpoint", "ftp://host"), ("endpoint", "javascript:alert(1)"), ("endpoint", "https://"),
    ("endpoint", f"https://user:{SECRET}@host"), ("endpoint", f"https://{SECRET}@host"), ("endpoint", "https://host:port"),
    ("endpoint", "https://host:99999"), ("endpoint", "https://host:0"), ("endpoint", "https://host:-1"), ("endpoint", "https://a..b"),
    ("endpoint", "https://[::1"), ("endpoint", "https://host\r\nX: 1"), ("endpoint", "https://host\0"), ("endpoint", "https://hö.st"),
    ("endpoint", "https://host?a=1"), ("endpoint", "https://host#a"), ("endpoint", "https:// host"), ("endpoint", "https://-host"),
    ("endpoint", "https://host" + "t" * 2_000), ("endpoint", True),
    ("token_url", 7), ("token_url", "api.amazon.com"), ("token_url", "file:///etc/passwd"), ("token_url", [TOKEN]),
    ("token_url", f"https://user:{SECRET}@api.amazon.com/auth/o2/token"), ("token_url", "http://127.0.0.1:port/token"),
    ("store_ids", 7), ("store_ids", [1, 2]), ("store_ids", {"a": "b"}), ("store_ids", [[]]), ("store_ids", ["a\0"]),
    ("store_ids", ["s" * 101]), ("store_ids", True), ("asins", [None]), ("asins", 0.5), ("asins", ["B07\n"  "MOUNT"]),
    ("resource_ids", [True]), ("resource_ids", {"r": 1}), ("resource_ids", ["\x1b[2J"]),
]  # fmt: skip

LOGINS = [
    ("login", 7), ("login", ["client-id"]), ("login", {"id": "client-id"}), ("login", "client id"), ("login", "client-id\0"),
    ("login", "cliënt"), ("login", " "), ("password", 7), ("password", [SECRET]), ("password", {"secret": SECRET}),
    ("password", f"{SECRET}\n{SECRET}"), ("password", f"{SECRET}\0"), ("password", f"{SECRET}é"), ("password", f"{SECRET}€"),
    ("password", "\ud800"), ("password", "\t"), ("password", SECRET * 1_000),
]  # fmt: skip


def refused(field: str) -> None:
    with pytest.raises(InvalidAccount) as caught:
        HOOK.get_account()
    error = caught.value
    trace = traceback.TracebackException(type(error), error, error.__traceback__.tb_next, capture_locals=True)
    done, told = HOOK.test_connection()
    assert not done and told == str(error)
    assert "my_shop" in told and f"the field {field}" in told
    assert len(told) < 400 and told.isprintable()
    for part in ("Traceback", "Error", "object has no", "Expecting", "<class"):
        assert part not in told
    for shown in (told, "".join(trace.format()), repr(vars(error))):
        assert "very-secret" not in shown


@pytest.fixture
def save(monkeypatch):
    """Set `my_shop` as it comes from Airflow's database, where the form and the command line have put it."""

    def save(extra: object, login: object = "client-id", password: object = SECRET) -> None:
        connection = Connection(conn_id="my_shop", conn_type="amazon_services", login=login, password=password, extra=extra)
        monkeypatch.setattr(AmazonServicesHook, "get_connection", lambda *arguments: connection)

    return save


@pytest.mark.parametrize(("extra", "field"), EXTRAS.items(), ids=lambda value: repr(value[:30]))
def test_an_extra(save, extra, field):
    save(extra)
    refused(field)


@pytest.mark.parametrize("extra", [[1], 7, True, ["a", {"b": 1}], 0.5, "[1]", "null", "text"], ids=repr)
def test_an_extra_in_the_environment(monkeypatch, extra):
    connection = {"conn_type": "amazon_services", "login": "id", "password": SECRET, "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_MY_SHOP", json.dumps(connection))
    refused("extra")


@pytest.mark.parametrize(("field", "value"), FIELDS, ids=lambda value: repr(value)[:40])
def test_a_field(save, field, value):
    save(json.dumps(GOOD | {field: value}))
    refused(field)


@pytest.mark.parametrize(("field", "value"), LOGINS, ids=lambda value: repr(value)[:40])
def test_a_login(save, field, value):
    save(json.dumps(GOOD), **{field: value})
    refused(field)


A1_A2 = ["A1", " A2 "]


@pytest.mark.parametrize(
    "changes",
    [
        {"marketplace_ids": "A1,A2"},
        {"marketplace_ids": "A1\nA2\r\n"},
        {"marketplace_ids": " A1 , A2 ,"},
        {"marketplace_ids": A1_A2},
        {"marketplace_ids": A1_A2, "sandbox": " FALSE ", "note": {"any": [1]}, "": None, "endpoint": "https://host:8443/"},
        {"marketplace_ids": A1_A2, "endpoint": "http://[::1]:8765", "token_url": "https://under_score.local/a/b"},
        {"marketplace_ids": A1_A2, "refresh_token": f" {TOKEN}\n", "store_ids": "s1 s2", "asins": [], "region": ""},
    ],
)
def test_what_works_goes_on_working(connect, changes):
    connect(**changes)
    account = HOOK.get_account()
    assert account.marketplace_ids == ("A1", "A2")
    assert account.sandbox is False and account.refresh_token == TOKEN


UNREADABLE = ["amazon-services://a://b://very-secret", "[1]", "null", "7", '{"port": "x", "password": "very-secret"}', "\x7f"]


@pytest.mark.parametrize("text", UNREADABLE)
def test_a_connection_that_cannot_be_read_is_told_by_the_test_button(monkeypatch, text):
    monkeypatch.setenv("AIRFLOW_CONN_MY_SHOP", text)
    done, told = HOOK.test_connection()
    assert not done and "my_shop" in told and "very-secret" not in told


def test_there_are_enough():
    assert len(EXTRAS) + len(FIELDS) + len(LOGINS) >= 45
