"""Processes share a bucket, on one machine or through Redis; one that is killed leaves nothing behind."""

import multiprocessing
import time
from datetime import UTC, datetime

import pytest

from include.services_api import ServicesClient, budget, errors
from include.services_api.budget import open_budget
from include.services_api.budget.bucket import Limit
from tests.services_api.loopback import Reply
from tests.services_api.redis_server import redis_server

LIMIT = Limit(50, 100)
FORK = multiprocessing.get_context("fork")


def take(url: str, seconds: float, taken) -> None:
    """As many tokens as there are to have."""
    shared, end = open_budget(url), time.monotonic() + seconds
    while time.monotonic() < end:
        shared.acquire("shared", LIMIT)
        with taken.get_lock():
            taken.value += 1


@pytest.fixture(scope="module")
def redis_url():
    with redis_server() as url:
        yield url


@pytest.fixture(params=["folder", "redis"])
def url(request, tmp_path):
    if request.param == "folder":
        return (tmp_path / "rate_budget").as_uri()
    url = request.getfixturevalue("redis_url")
    import redis

    redis.Redis.from_url(url).flushall()
    return url


def test_processes_together_take_what_one_may(url):
    taken = FORK.Value("i", 0)
    processes = [FORK.Process(target=take, args=(url, 2, taken)) for _ in range(4)]
    started = time.monotonic()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert LIMIT.burst / 2 <= taken.value <= LIMIT.burst + LIMIT.rate * (time.monotonic() - started)


def test_a_killed_process_holds_nobody_up(url):
    taken = FORK.Value("i", 0)
    process = FORK.Process(target=take, args=(url, 60, taken))
    process.start()
    while taken.value < 20:
        time.sleep(0.01)
    process.kill()
    process.join()
    assert open_budget(url).acquire("shared", LIMIT).waited_seconds < 5


def test_everybody_sees_what_one_has_learned(url):
    one, other = open_budget(url), open_budget(url)
    one.follow("shared", LIMIT, 200)
    assert other.acquire("shared", LIMIT).rate == 200
    one.drain("shared", LIMIT, 0.5)
    assert other.acquire("shared", LIMIT).waited_seconds > 0.4


def test_a_torn_file_is_a_new_bucket(tmp_path):
    shared = open_budget(tmp_path.as_uri())
    shared.acquire("shared", LIMIT)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:7])
    assert shared.acquire("shared", LIMIT).rate == LIMIT.rate


@pytest.mark.parametrize("url", ["file:///proc/no/such", "redis://:hush@127.0.0.1:1/0"])
def test_a_budget_that_cannot_be_used_says_so(url):
    with pytest.raises(errors.BudgetUnavailable, match="SERVICES_RATE_BUDGET_URL") as caught:
        open_budget(url).acquire("shared", LIMIT)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://host", "warehouse/budget"])
def test_an_unknown_url_is_refused(url):
    with pytest.raises(ValueError, match="SERVICES_RATE_BUDGET_URL"):
        open_budget(url)


def test_the_default_is_in_the_warehouse(monkeypatch, tmp_path):
    monkeypatch.delenv("SERVICES_RATE_BUDGET_URL", raising=False)
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(tmp_path))
    assert budget.default_url() == (tmp_path / "rate_budget").as_uri()
    monkeypatch.setenv("SERVICES_RATE_BUDGET_URL", "redis://host/1")
    assert budget.default_url() == "redis://host/1"


def test_the_client_follows_the_header(client, loopback, account, budget):
    loopback.script(Reply(body={"payload": {}}, headers={"x-amzn-RateLimit-Limit": "2.5"}))
    client.get_service_job("job")
    grant = budget.acquire(f"my_shop {loopback.url} getServiceJobByServiceJobId", Limit(20, 40))
    assert grant.rate == 2.5


@pytest.mark.parametrize("header", ["", "soon", "-1", "0", "nan", "inf"])
def test_a_header_that_says_nothing_changes_nothing(client, loopback, budget, header):
    loopback.script(Reply(body={"payload": {}}, headers={"x-amzn-RateLimit-Limit": header}))
    client.get_service_job("job")
    assert budget.acquire(f"my_shop {loopback.url} getServiceJobByServiceJobId", Limit(20, 40)).rate == 20


def test_a_429_makes_everybody_wait(client, loopback, account, budget):
    loopback.script(Reply(429, "", {"Retry-After": "1"}), Reply(body={"payload": {}}))
    client.get_service_job("job")
    first, second = loopback.requests
    assert second["at"] - first["at"] >= 1
    assert client.usage.throttled == 1


def test_an_answer_is_kept_when_the_budget_breaks_after_it(client, loopback, budget, monkeypatch):
    """Asking again would cancel, add or reserve a second time."""

    def broken(*arguments: object) -> None:
        raise errors.BudgetUnavailable("the disk is full.")

    monkeypatch.setattr(budget, "follow", broken)
    loopback.script(Reply(body={"appointmentId": "new"}, headers={"x-amzn-RateLimit-Limit": "1"}))
    assert client.add_appointment("job", datetime.now(UTC)).payload["appointmentId"] == "new"
    assert len(loopback.requests) == 1


def test_a_share_is_kept_and_leaves_the_rest(url):
    """At most a quarter of 50 a second; who asks for no share is not held up by it."""
    shared, limit = open_budget(url), Limit(50, 10)
    started, taken = time.monotonic(), 0
    while time.monotonic() - started < 2:
        shared.acquire("shared", limit, "backfill", 0.25)
        taken += 1
    assert 0.6 * 2 * 12.5 < taken <= 2 * 12.5 + 10 * 0.25 + 1
    assert shared.acquire("shared", limit).waited_seconds < 0.1


def test_a_share_follows_the_rate(url):
    shared, limit = open_budget(url), Limit(4, 4)
    shared.follow("shared", limit, 80)
    shared.acquire("shared", limit)
    started = time.monotonic()
    for _ in range(20):
        shared.acquire("shared", limit, "scheduled", 0.5)
    # 40 a second; half of the default would be 2 a second
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("share", [0, -1, 1.01])
def test_a_share_is_checked(account, budget, share):
    with pytest.raises(errors.InvalidParameter, match="max_share"):
        ServicesClient(account, "backfill", budget=budget, max_share=share)


def test_priorities_are_checked(account, budget):
    with pytest.raises(errors.InvalidParameter, match="priority"):
        ServicesClient(account, "urgent", budget=budget)
