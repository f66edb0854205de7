"""Terms are counted by the API's clock: nothing is deleted early or kept for ever by a machine's that is wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from amazon_services import clock
from include.services_api import client as clients
from include.services_api.errors import ClockWrong
from tests.services_api.loopback import Reply
from tests.services_api.test_clock import JOBS, date

SECOND = timedelta(seconds=1)


@pytest.fixture
def accounts(connect, monkeypatch, tmp_path):
    """The first of them does not exist."""
    connect()
    monkeypatch.setenv("SERVICES_CONNECTIONS", "nobody,my_shop")
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(tmp_path))


def answer(loopback, shift: timedelta) -> None:
    loopback.token_replies = [Reply(body={"access_token": "Atza|x", "expires_in": 3600}, date=date(shift))]
    loopback.script(Reply(body=JOBS, date=date(shift)))


def test_the_first_account_that_can_be_asked_tells_the_time(accounts, loopback, caplog):
    answer(loopback, timedelta(seconds=-60))
    assert abs(clock.checked_now() - datetime.now(UTC) + timedelta(seconds=60)) <= 3 * SECOND
    assert "The API's time is not available through nobody" in caplog.text and "without a check" not in caplog.text


@pytest.mark.parametrize("days", [-400, 400])
def test_a_wrong_clock_deletes_nothing(accounts, loopback, days):
    answer(loopback, timedelta(days=days))
    with pytest.raises(ClockWrong):
        clock.checked_now()
    assert len(loopback.requests) <= clients.CLOCK_CHECKS


def test_without_an_api_the_machines_clock_counts(monkeypatch, caplog):
    monkeypatch.setenv("SERVICES_CONNECTIONS", "nobody")
    assert abs(clock.checked_now() - datetime.now(UTC)) < SECOND
    assert "No API's time is available" in caplog.text
