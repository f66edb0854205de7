"""An account checks itself, names connection and field, and keeps its secrets to itself."""

import dataclasses

import pytest

from include.services_api import Account
from include.services_api.errors import InvalidAccount

GOOD = {"name": "my_shop", "client_id": "id", "client_secret": "hush", "refresh_token": "Atzr|hush"}


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("client_id", " ", "login"),
        ("client_secret", "", "password"),
        ("refresh_token", None, "refresh_token"),
        ("region", "us", "region"),
        ("marketplace_ids", "ATVPDKIKX0DER", "marketplace_ids"),
        ("marketplace_ids", ["US market"], "marketplace_ids"),
        ("store_ids", ["one", ""], "store_ids"),
        ("endpoint", "127.0.0.1:8765", "endpoint"),
        ("token_url", "api.amazon.com", "token_url"),
        ("sandbox", "yes", "sandbox"),
    ],
)
def test_refuses_what_cannot_work(field, value, named):
    with pytest.raises(InvalidAccount, match=f"my_shop.*{named}"):
        Account(**GOOD | {field: value})


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("client_id", 7, "login"), ("client_secret", ["hush"], "password"), ("client_secret", "hush\0", "password"),
        ("client_secret", "hüsh", "password"), ("refresh_token", "Atzr|\nhush", "refresh_token"), ("name", "my\nshop", "name"),
        ("name", 7, "name"), ("region", {"hush": 1}, "region"), ("region", "hush and more", "region"),
        ("marketplace_ids", {"hush": "A1"}, "marketplace_ids"), ("marketplace_ids", 7, "marketplace_ids"),
        ("store_ids", [7], "store_ids"), ("asins", ["hush\0"], "asins"), ("sandbox", "hush and more", "sandbox"),
        ("endpoint", "https://hush@host", "endpoint"), ("endpoint", "file:///hush", "endpoint"),
        ("token_url", "https://host:hush", "token_url"), ("token_url", ["hush"], "token_url"),
    ],
)  # fmt: skip
def test_refuses_without_showing_what_may_be_secret(field, value, named):
    with pytest.raises(InvalidAccount, match=f"the field {named}") as caught:
        Account(**GOOD | {field: value})
    assert "hush" not in str(caught.value)


def test_never_shows_a_secret():
    account = Account(**GOOD)
    shown = f"{account!r} {account} {dataclasses.asdict(account)} {vars(account)} {account.client_secret!r}"
    assert "hush" not in shown
    assert account.refresh_token == "Atzr|hush"


@pytest.mark.parametrize(
    ("options", "base_url"),
    [
        ({}, "https://sellingpartnerapi-na.amazon.com"),
        ({"region": "eu"}, "https://sellingpartnerapi-eu.amazon.com"),
        ({"region": "fe", "sandbox": True}, "https://sandbox.sellingpartnerapi-fe.amazon.com"),
        ({"endpoint": "http://127.0.0.1:8765/", "sandbox": True}, "http://127.0.0.1:8765"),
    ],
)
def test_hosts(options, base_url):
    assert Account(**GOOD | options).base_url == base_url


def test_lists_lose_doubles_and_blanks_around():
    assert Account(**GOOD | {"store_ids": [" a ", "b", "a"]}).store_ids == ("a", "b")
