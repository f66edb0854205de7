"""Several processes on one account: together as fast as the limit allows, and never over it; each at its place."""

import json
import subprocess
import sys
import time

import pytest

from include.warehouse.paths import PROJECT_DIR
from tests.services_api.redis_server import redis_server

SHARED_JOBS = 1_000


class Worker:
    """A process with a client of its own; see `client_worker`."""

    def __init__(self, url: str, priority: str = "scheduled", threads: int = 12, seconds: float = 600):
        command = [sys.executable, "-m", "tests.benchmarks.client_worker", url, priority, str(threads), str(seconds)]
        self.process = subprocess.Popen(command, cwd=PROJECT_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"

    def start(self, names: list[str]) -> "Worker":
        self.process.stdin.write("\n".join(names))
        self.process.stdin.close()
        return self

    def result(self) -> dict:
        return json.loads(self.process.stdout.read())


@pytest.fixture(params=["folder", "redis"])
def shared_budget(request, monkeypatch):
    if request.param == "redis":
        with redis_server() as url:
            monkeypatch.setenv("SERVICES_RATE_BUDGET_URL", url)
            yield request.param
    else:
        yield request.param


@pytest.fixture(autouse=True)
def full_bucket(api):
    """A bucket of the local API is full again after seconds of rest."""
    time.sleep(3)
    api.reset()


def span(entries: list[dict]) -> float:
    return entries[-1]["at"] - entries[0]["at"]


def test_four_processes(api, jobs, shared_budget):
    limit = (SHARED_JOBS - 40) / 20
    names = [name for _, name in jobs[:SHARED_JOBS]]
    workers = [Worker(api.url, threads=6) for _ in range(4)]
    for position, worker in enumerate(workers):
        worker.start(names[position::4])
    assert sum(worker.result()["jobs"] for worker in workers) == SHARED_JOBS
    entries = api.log(operation="getServiceJobByServiceJobId")
    throttled = sum(entry["verdict"] == "throttled" for entry in entries)
    print(f"\n4 processes, {shared_budget:6} {SHARED_JOBS} jobs {span(entries):6.1f} s, limit {limit:.1f} s, {throttled} x 429")
    assert throttled == 0
    assert span(entries) <= 1.05 * limit


@pytest.mark.parametrize("factor", [0.5, 2])
def test_a_limit_that_is_not_the_default(api, jobs, factor):
    operation, rate = "getServiceJobByServiceJobId", 20 * factor
    api.control("PUT", "limits", {"account": "*", "operation": operation, "rate": rate, "burst": 40 * factor})
    try:
        Worker(api.url, threads=24, seconds=32).start([name for _, name in jobs]).result()
    finally:
        api.control("PUT", "limits", {"account": "*", "operation": operation, "rate": 20, "burst": 40})
    entries = api.log(operation=operation)
    first = entries[0]["at"]
    # the first second holds the burst; what is left of the 30 s is the rate alone
    answered = sum(entry["verdict"] == "answered" and 10 <= entry["at"] - first < 30 for entry in entries)
    throttled = sum(entry["verdict"] == "throttled" for entry in entries)
    print(f"\nlimit {rate:4.0f}/s: {answered / 20:5.1f}/s from second 10 to 30, {throttled} x 429")
    assert answered / 20 >= 0.95 * rate


def test_a_backfill_leaves_a_scheduled_run_alone(api, jobs):
    names = [name for _, name in jobs]
    alone = Worker(api.url).start(names[:600]).result()["seconds"]
    time.sleep(3)
    backfill = Worker(api.url, "backfill", seconds=60).start(names)
    time.sleep(5)
    beside = Worker(api.url).start(names[:600]).result()["seconds"]
    filled = backfill.result()
    print(f"\nscheduled run of 600 jobs: {alone:.1f} s alone, {beside:.1f} s beside a backfill of {filled['jobs']} jobs in 60 s")
    assert beside <= 1.1 * alone
    assert filled["jobs"] > 20 * (60 - beside) * 0.9
