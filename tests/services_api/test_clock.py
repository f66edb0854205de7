"""The API's clock, from the `Date` of its answers: odd dates, latency, single wrong answers, a machine's clock that is set."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from include.services_api import clock as clocks
from include.services_api.clock import TOLERANCE, ApiClock
from include.services_api.errors import ClockWrong, ServiceUnavailable
from tests.services_api.loopback import Reply

SECOND = timedelta(seconds=1)
JOBS = {"payload": {"totalResultSize": 0, "jobs": []}}


def date(shift: timedelta = timedelta()) -> str:
    """A `Date` header of a server whose clock is `shift` ahead of this machine's."""
    return format_datetime(datetime.now(UTC) + shift, usegmt=True)


def told(*shifts: timedelta) -> ApiClock:
    clock = ApiClock("my_shop")
    for shift in shifts:
        clock.update({"Date": date(shift)}, time.monotonic())
    return clock


def away(clock: ApiClock) -> timedelta:
    """How far a clock is from this machine's."""
    return clock.now() - datetime.now(UTC)


@pytest.mark.parametrize("shift", [timedelta(), SECOND, -SECOND])
def test_a_clock_that_no_answer_contradicts_is_used_as_it_is(shift):
    clock = told(*[shift] * 20)
    assert clock.is_known and clock._correction == 0
    assert abs(away(clock)) < timedelta(seconds=0.1)


@pytest.mark.parametrize("minutes", [-20, -1, 1, 20, 60 * 24 * 365])
def test_a_clock_that_is_wrong_is_corrected(minutes):
    shift = timedelta(minutes=minutes)
    clock = told(*[shift] * 10)
    assert abs(away(clock) - shift) <= 2 * SECOND
    assert clock.agrees() == (abs(shift) < TOLERANCE)


def test_time_does_not_go_back_once_the_correction_is_found():
    clock, before, latest = ApiClock(), timedelta(seconds=-90), datetime.min.replace(tzinfo=UTC)
    found = []
    for _ in range(300):
        clock.update({"Date": date(before)}, time.monotonic())
        found.append(clock._correction)
        time.sleep(0.01)
    assert len(set(found)) == 1, "each answer would move it, within the second that its date is cut to"
    for _ in range(100):
        assert clock.now() >= latest
        latest = clock.now()


@pytest.mark.parametrize("wrong", [timedelta(days=400), timedelta(days=-400), timedelta(hours=1)])
@pytest.mark.parametrize("place", [0, 1, 3])
def test_one_wrong_answer_moves_nothing(wrong, place):
    shifts = [timedelta()] * 4
    shifts.insert(place, wrong)
    assert abs(away(told(*shifts))) <= 2 * SECOND
    if place:
        assert told(*shifts[:place]).update({"Date": date(wrong)}, time.monotonic()) is False


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"Date": ""}, {"Date": "today"}, {"Date": "Thu, 99 Foo 2026 99:99:99 GMT"}, {"Date": "\x00"},
        {"Date": "Thu, 01 Jan 1970 00:00:00 GMT"}, {"Date": "Fri, 31 Dec 9999 23:59:59 GMT"},
        {"Date": date(timedelta(hours=1)), "Age": "3600"}, {"Date": date(timedelta(hours=1)), "Age": "soon"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_be_true_says_nothing(headers, caplog):
    clock = ApiClock("my_shop")
    assert clock.update(headers, time.monotonic()) is True
    assert not clock.is_known and abs(away(clock)) < SECOND
    assert abs(clock.check() - datetime.now(UTC)) < SECOND
    assert "my_shop: no response so far has a valid Date header; the machine's clock is not checked" in caplog.text


def test_an_answer_without_age_or_with_a_zone_is_read():
    clock = ApiClock()
    clock.update({"Date": date(), "Age": "0"}, time.monotonic())
    clock.update({"Date": (datetime.now(UTC) + timedelta(hours=2)).strftime("%a, %d %b %Y %H:%M:%S +0200")}, time.monotonic())
    assert clock.is_known and clock._correction == 0


def test_latency_is_no_difference():
    """An answer that took a minute, and was made at the beginning or at the end of it."""
    for shift in (timedelta(), timedelta(minutes=-1)):
        clock = ApiClock()
        assert clock.update({"Date": date(shift)}, time.monotonic() - 60)
        assert clock._correction == 0


def set_clock(monkeypatch, shift: timedelta) -> None:
    """The machine's clock as it is set; the monotonic one goes on."""

    class Set(datetime):
        @classmethod
        def now(cls, zone=None):
            return datetime.now(zone) + shift

    monkeypatch.setattr(clocks, "datetime", Set)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_set_in_the_middle_moves_no_observation(monkeypatch, hours):
    clock = told(*[timedelta()] * 5)
    set_clock(monkeypatch, timedelta(hours=hours))
    assert abs(away(clock)) < SECOND
    with pytest.raises(ClockWrong):
        clock.check()


def test_the_refusal_names_both_times_and_the_way_out(monkeypatch):
    clock = told(*[timedelta()] * 5)
    set_clock(monkeypatch, timedelta(minutes=20))
    now = datetime.now(UTC)
    with pytest.raises(ClockWrong) as refused:
        clock.check()
    text = str(refused.value)
    assert f"{now:%Y-%m-%d %H:%M}" in text and f"{now + timedelta(minutes=20):%Y-%m-%d %H:%M}" in text
    assert "1200 seconds ahead, more than the 120" in text and "NTP" in text and "connection my_shop" in text


# through the client ---------------------------------------------------------------------------------------------------


def test_the_token_tells_the_time_without_a_call(client, loopback):
    assert abs(client.checked_time() - datetime.now(UTC)) < SECOND
    assert len(loopback.logins) == 1 and loopback.requests == []


def test_a_wrong_clock_is_asked_about_before_it_is_called_wrong(client, loopback):
    loopback.token_replies = [Reply(body={"access_token": "Atza|x", "expires_in": 3600}, date=date(timedelta(minutes=-20)))]
    loopback.script(Reply(body=JOBS))
    # the token's answer is alone in what it says
    assert abs(client.checked_time() - datetime.now(UTC)) < SECOND
    assert 1 <= len(loopback.requests) <= 3
    loopback.script(Reply(body=JOBS, date=date(timedelta(minutes=-20))))
    for _ in range(3):
        client._try(client._list_one_job)
    with pytest.raises(ClockWrong, match="seconds ahead"):
        client.checked_time()


def test_an_api_without_dates_is_told_once(client, loopback, caplog):
    loopback.token_replies = [Reply(body={"access_token": "Atza|x", "expires_in": 3600}, date="")]
    loopback.script(Reply(body=JOBS, date=""))
    for _ in range(3):
        assert abs(client.checked_time() - datetime.now(UTC)) < SECOND
    assert caplog.text.count("no response so far has a valid Date header") == 1
    assert len(loopback.requests) == 1


def test_an_api_that_is_away_fails_where_it_is_read(client, loopback):
    loopback.token_replies = [Reply(status=503, body="", date="")]
    assert abs(client.checked_time() - datetime.now(UTC)) < SECOND
    assert loopback.requests == [], "patience is for the reading"
    with pytest.raises(ServiceUnavailable):
        client.get_service_job("job")


def test_answers_are_received_by_the_apis_clock(client, loopback):
    loopback.token_replies = [Reply(body={"access_token": "Atza|x", "expires_in": 3600}, date=date(timedelta(seconds=-90)))]
    loopback.script(Reply(body={"payload": {}}, date=date(timedelta(seconds=-90))))
    at = client.get_service_job("job").received_at
    assert abs(at - datetime.now(UTC) + timedelta(seconds=90)) <= 3 * SECOND


def test_an_answer_with_a_date_of_its_own_is_asked_for_again(client, loopback):
    """A cache, a proxy, a machine that slept: nobody knows when this answer was true."""
    good = Reply(body={"payload": {}})
    loopback.script(good, Reply(body={"payload": {}}, date=date(timedelta(hours=-3))), good)
    client.get_service_job("job")
    client.get_service_job("job")
    assert len(loopback.requests) == 3


def test_a_write_with_a_date_of_its_own_is_not_sent_again(client, loopback):
    loopback.script(Reply(body={"payload": {}}), Reply(status=204, body="", date=date(timedelta(hours=-3))))
    client.get_service_job("job")
    client.complete_service_job("job")
    assert len(loopback.requests) == 2
