"""What a server says of the pace is followed within reason, and told where somebody waits for long because of it."""

import json
import logging
import math
import time

import pytest

from include.services_api import RetryConfig, ServicesClient, errors, limits, transport
from include.services_api.budget import open_budget
from include.services_api.budget.bucket import FURTHEST_FACTOR, LONGEST_DRAIN_SECONDS, Bucket, Limit
from include.services_api.operations import OPERATIONS
from tests.services_api.loopback import Reply

LIMIT = Limit(20, 40)
JOB = "getServiceJobByServiceJobId"
NO_RATES = ["", "soon", "-1", "0", "nan", "inf", "-inf", "1e999", "1 2", "\x7f", "0x10"]
HEADERS = {"0.0001": 1, "1e-300": 1, "0.5": 1, "1": 1, "2.5": 2.5, "20": 20, "400": 400, "1e9": 400, "9999": 400}


def header(value: str) -> Reply:
    return Reply(body={"payload": {}}, headers={"x-amzn-RateLimit-Limit": value})


def warnings(caplog, about: str) -> list[str]:
    return [record.getMessage() for record in caplog.records if about in record.getMessage()]


@pytest.fixture
def bucket(loopback):
    return f"my_shop {loopback.url} {JOB}"


@pytest.mark.parametrize("value", HEADERS)
def test_a_rate_is_followed_within_reason(client, loopback, budget, bucket, value):
    loopback.script(header(value))
    client.get_service_job("job")
    assert budget.acquire(bucket, LIMIT).rate == HEADERS[value]


@pytest.mark.parametrize("value", NO_RATES)
def test_what_is_no_rate_changes_nothing(client, loopback, budget, bucket, value):
    loopback.script(header("7"), header(value))
    client.get_service_job("job")
    client.get_service_job("job")
    assert budget.acquire(bucket, LIMIT).rate == 7


@pytest.mark.parametrize("value", ["0.0001", "1e9", "nan", "soon"])
def test_a_doubtful_rate_is_told_once(client, loopback, caplog, value):
    loopback.script(header(value))
    for _ in range(5):
        client.get_service_job("job")
    (line,) = warnings(caplog, "x-amzn-RateLimit-Limit")
    assert "my_shop" in line and JOB in line and value in line


def test_a_rate_that_can_be_is_not_told(client, loopback, caplog):
    loopback.script(header("5"))
    client.get_service_job("job")
    assert not warnings(caplog, "x-amzn-RateLimit-Limit")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_no_operation_stops_for_more_than_a_minute(operation):
    bucket = Bucket.full(operation.limit, 0)
    bucket.follow(0, 1e-9)
    bucket.take(0)
    assert 0 < bucket.take(0) <= 60
    assert bucket.rate == operation.limit.rate / FURTHEST_FACTOR


STORED = [
    {"tokens": 1, "rate": 0.0001, "filled_at": 0}, {"tokens": 1, "rate": 1e9, "filled_at": 0},
    {"tokens": -1e12, "rate": 0.0001, "filled_at": 0}, {"tokens": -1e12, "rate": 20, "filled_at": 0},
    {"tokens": 1e12, "rate": 20, "filled_at": 0}, {"tokens": 1, "rate": 0, "filled_at": 0},
    {"tokens": 1, "rate": -3, "filled_at": 0},
    {"tokens": None, "rate": 20, "filled_at": 0}, {"tokens": 1, "rate": None, "filled_at": 0},
    {"tokens": "1", "rate": "soon", "filled_at": 0}, {"tokens": [], "rate": {}, "filled_at": 0}, {"tokens": 1, "rate": 20},
    {"tokens": 1, "rate": 20, "filled_at": 1e300}, {"tokens": 1, "rate": 20, "filled_at": -1e300}, {}, [], [1, 2, 3], 7, None,
    "full",
    {"tokens": 1, "rate": 20, "filled_at": 0, "burst": 7}, {"tokens": 1, "rate": 10**400, "filled_at": 0},
]  # fmt: skip


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: json.dumps(stored)[:40])
def test_what_an_earlier_version_has_stored_is_brought_back(tmp_path, stored):
    shared = open_budget(tmp_path.as_uri())
    shared.acquire("shared", LIMIT)
    (file,) = tmp_path.iterdir()
    file.write_text(json.dumps(stored))
    started = time.monotonic()
    wait, bucket = shared._store.update("shared", LIMIT, lambda bucket, now: bucket.take(now))
    assert 0 <= wait <= LONGEST_DRAIN_SECONDS + 2
    assert LIMIT.rate / FURTHEST_FACTOR <= bucket.rate <= LIMIT.rate * FURTHEST_FACTOR
    assert math.isfinite(bucket.tokens) and time.monotonic() - started < 5


@pytest.fixture
def short_minute(monkeypatch):
    monkeypatch.setattr(limits, "LONG_WAIT_SECONDS", 0.15)


def test_a_long_wait_for_a_low_rate_is_told_with_its_reason(budget, caplog, short_minute):
    budget.follow("my_shop https://host getServiceJobs", Limit(10, 40), 2)
    for _ in range(12):
        budget.acquire("my_shop https://host getServiceJobs", Limit(10, 40))
    (line,) = warnings(caplog, "rate budget")
    assert "my_shop https://host getServiceJobs" in line
    assert "x-amzn-RateLimit-Limit has set it to 2 requests a second; the default is 10" in line


def test_a_long_wait_after_a_429_is_told_with_its_reason(budget, caplog, short_minute):
    budget.drain("my_shop https://host getServiceJobs", LIMIT, 0.5)
    budget.acquire("my_shop https://host getServiceJobs", LIMIT)
    (line,) = warnings(caplog, "rate budget")
    assert "429 has emptied it" in line


def test_a_short_wait_is_not_told(budget, caplog):
    budget.drain("shared", LIMIT, 0.5)
    budget.acquire("shared", LIMIT)
    assert not warnings(caplog, "rate budget")


@pytest.mark.parametrize("text", ["86400", "9" * 400, "Fri, 31 Dec 2100 23:59:59 GMT"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_beyond_the_patience_is_not_waited_for_and_told(account, budget, loopback, monkeypatch, status, text):
    monkeypatch.setattr(transport, "DRAIN_SECONDS", 0.01)
    loopback.script(Reply(status, "", {"Retry-After": text}), Reply(body={"payload": {}}))
    retry_config = RetryConfig(attempts=5, seconds=1, first_wait_seconds=0.001, longest_wait_seconds=0.01)
    started = time.monotonic()
    with ServicesClient(account, budget=budget, retry_config=retry_config) as client:
        with pytest.raises(errors.ServicesApiError, match=r"Retry-After asks for a wait of \d+,[\d,]+ s"):
            client.get_service_job("job")
        # a 429 holds the others up for as long as the call was patient, and no longer
        assert client.get_service_job("job").payload == {}
    assert time.monotonic() - started < 5


def test_a_long_retry_after_is_waited_for_and_told(client, loopback, caplog, monkeypatch):
    monkeypatch.setattr("include.services_api.retries.LONG_WAIT_SECONDS", 0.5)
    loopback.script(Reply(503, "", {"Retry-After": "1"}), Reply(body={"payload": {}}))
    client.get_service_job("job")
    (line,) = warnings(caplog, "before attempt")
    assert line.startswith("Waiting for 1 s before attempt 2 of 3: ") and JOB in line and "my_shop" in line and "503" in line


def test_a_short_retry_after_is_kept(client, loopback, caplog):
    caplog.set_level(logging.WARNING)
    loopback.script(Reply(503, "", {"Retry-After": "1"}), Reply(body={"payload": {}}))
    client.get_service_job("job")
    first, second = loopback.requests
    assert second["at"] - first["at"] >= 1
    assert not caplog.records


def test_a_drained_bucket_fills_again_within_minutes():
    bucket = Bucket.full(LIMIT, 0)
    bucket.drain(0, 1e12)
    assert bucket.take(0) == pytest.approx(LONGEST_DRAIN_SECONDS)
