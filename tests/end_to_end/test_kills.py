"""`kill -9` at any moment, faults in the API, a world that moves while it is paged: nothing is lost, nothing is there twice."""

import random
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest

from include.extract import runs
from include.extract.packaging import WindowsFailed
from include.services_api import ServicesClient
from include.warehouse import database, paths
from include.warehouse.building.transform import build_models
from include.warehouse.loading import packages
from include.warehouse.loading.load import load_packages
from include.warehouse.publishing.publish import publish
from tests.end_to_end.truth import differences, whatever_was_read
from tests.local_api import MARKETPLACES, LocalApi, local_api

NOW = datetime(2026, 11, 3, 12, 58, tzinfo=UTC)
START = NOW - timedelta(days=13)
OPTIONS = (
    "--seed", "5", "--days", "12", "--now", NOW.isoformat(), "--frozen", "--limits", "off", "--marketplaces", "US,CA",
    "--jobs-per-day", "40",
)  # fmt: skip
DETAIL = "getServiceJobByServiceJobId"
# every kind that the local API knows; `missing` takes the id from a detail, where the call tells it
FAULTS = [
    {"operation": "*", "kind": "error", "status": 500, "body": "html", "probability": 0.01},
    {"operation": "*", "kind": "error", "status": 503, "body": "empty", "probability": 0.01},
    {"operation": "*", "kind": "error", "status": 429, "body": "json", "probability": 0.002},
    {"operation": "*", "kind": "error", "status": 500, "after": True, "probability": 0.005},
    {"operation": "token", "kind": "error", "status": 500, "body": "html", "probability": 0.1},
    {"operation": "*", "kind": "close", "probability": 0.01},
    {"operation": "*", "kind": "truncate", "probability": 0.01},
    {"operation": "*", "kind": "hang", "seconds": 1, "probability": 0.002},
    {"operation": "*", "kind": "expire_token", "probability": 0.005},
    {"operation": "*", "kind": "misdated", "seconds": 7200, "probability": 0.005},
    {"operation": "*", "kind": "undated", "probability": 0.05},
    {"operation": "*", "kind": "errors_without_payload", "probability": 0.005},
    {"operation": "getServiceJobs", "kind": "repeat_token", "probability": 0.03},
    {"operation": "getServiceJobs", "kind": "changing_total", "probability": 0.03},
    {"operation": "getServiceJobs", "kind": "duplicate_jobs", "probability": 0.05},
    {"operation": DETAIL, "kind": "string_duration", "probability": 0.1},
    {"operation": DETAIL, "kind": "missing", "field": "serviceJobId", "probability": 0.02},
    {"operation": DETAIL, "kind": "unknown_field", "probability": 0.05},
    {"operation": "getServiceJobs", "kind": "unknown_field", "probability": 0.05},
    {"operation": "getServiceJobs", "kind": "unknown_enum", "probability": 0.05},
    {"operation": "getServiceJobs", "kind": "unreadable_time", "probability": 0.05},
]


def start_reading(api: LocalApi) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.end_to_end.reading", api.url, START.isoformat(), NOW.isoformat()]
    return subprocess.Popen(command, cwd=paths.PROJECT_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@contextmanager
def moving(api: LocalApi):
    """The world lives a minute every tenth of a second, so that jobs leave the windows that are being read."""
    stop = threading.Event()

    def move() -> None:
        while not stop.wait(0.1):
            api.control("POST", "clock", {"advance_seconds": 60})

    mover = threading.Thread(target=move)
    mover.start()
    try:
        yield
    finally:
        stop.set()
        mover.join()


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.soak)])
def test_nothing_is_lost_and_nothing_is_there_twice(warehouse, monkeypatch, kills):
    monkeypatch.setenv("SERVICES_BACKFILL_WINDOW_HOURS", "48")
    with local_api(*OPTIONS) as api:
        api.control("POST", "faults", FAULTS)
        with moving(api):
            for _ in range(kills):
                reading = start_reading(api)
                time.sleep(random.uniform(2, 12))
                reading.kill()
                reading.communicate()
            for _ in range(10):
                reading = start_reading(api)
                output, _ = reading.communicate(timeout=600)
                if reading.returncode == 0:
                    break
            assert reading.returncode == 0, output
        # the hours that passed meanwhile, as the scheduler would read them
        end = datetime.fromisoformat(api.control("GET", "health")["now"]) + timedelta(minutes=2)
        with ServicesClient(api.account(marketplace_ids=MARKETPLACES)) as client:
            read_until_complete(client, end)
        with database.connect() as connection:
            load_packages(connection)
            check_raw(connection)
        assert packages.waiting() == []
        build_models()
        publish(paths.build_database(), paths.published_database(), run_id="kills")
        truth = api.truth(as_of=(end - timedelta(minutes=2)).isoformat())
    # the capacity was not read here
    tables = ("fct_service_jobs", "fct_appointments", "agg_technician_daily")
    found = differences(paths.published_database(), whatever_was_read({table: truth[table] for table in tables}))
    assert not found, "\n".join(found)


def read_until_complete(client: ServicesClient, end: datetime) -> None:
    """The faults go on; a task that failed is run again."""
    for _ in range(10):
        with suppress(WindowsFailed):
            runs.scheduled_jobs(client, NOW, end, "hour")
            return
    raise AssertionError("ten times in a row")


def check_raw(connection) -> None:
    twice = connection.execute(
        "select account, service_job_id, observed_at from raw.service_jobs group by all having count(*) > 1"
    ).fetchall()
    assert twice == []
    unchanged = connection.execute("""
        select service_job_id, observed_at
        from raw.service_jobs
        qualify content_hash = lag(content_hash) over (partition by account, service_job_id order by observed_at)
    """).fetchall()
    assert unchanged == []
