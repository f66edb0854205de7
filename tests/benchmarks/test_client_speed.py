"""2,000 jobs, list and details, at 250 ms latency and real limits: this client beside the alternatives."""

import time

from tests.benchmarks import client_contenders
from tests.benchmarks.conftest import JOBS

LIMIT_SECONDS = (JOBS - 40) / 20
# the others get fewer, because they would take a quarter of an hour each
FEWER = 300


def race(api, contender, jobs, name: str) -> tuple[float, int]:
    """Seconds for the jobs, and how many requests were answered with 429."""
    account = api.account(name, f"Atzr|{name}")
    api.control("DELETE", "log")
    started = time.monotonic()
    count = contender(account, jobs[0][0], jobs[-1][0])
    seconds = time.monotonic() - started
    assert count == len(jobs)
    throttled = len(api.log(verdict="throttled"))
    print(f"{name:24} {count:5} jobs {seconds:7.1f} s {count / seconds:6.1f} jobs/s {throttled:4} x 429")
    return seconds, throttled


def test_two_thousand_jobs(api, jobs):
    print(f"\n{'arithmetic limit':24} {JOBS:5} jobs {LIMIT_SECONDS:7.1f} s {JOBS / LIMIT_SECONDS:6.1f} jobs/s")
    seconds, throttled = race(api, client_contenders.ours, jobs, "services_api")
    others = {
        "plain loop": client_contenders.loop,
        "python-amazon-sp-api": client_contenders.python_amazon_sp_api,
        "dlt rest_api": client_contenders.dlt_rest_api,
    }
    slower = {name: race(api, contender, jobs[:FEWER], name)[0] / FEWER for name, contender in others.items()}
    assert seconds <= 1.05 * LIMIT_SECONDS
    assert throttled == 0
    assert all(seconds / JOBS < each for each in slower.values())
