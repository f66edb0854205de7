"""Backfills beside the schedule, and Airflow's own in place of ours: the same tables in the end."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import requests

from include.demo import place
from include.extract import runs
from include.extract.backfill import Backfill
from include.services_api import ServicesClient
from include.warehouse import database, paths
from include.warehouse.building.transform import build_models
from include.warehouse.loading import packages
from include.warehouse.loading.load import load_packages
from include.warehouse.publishing.publish import publish
from tests.end_to_end.truth import differences, whatever_was_read
from tests.local_api import MARKETPLACES, LocalApi, local_api
from tests.processes import answers, server, wait_for

NOW = datetime(2026, 11, 3, 12, 58, tzinfo=UTC)
HOUR = timedelta(hours=1)
AIRFLOW = Path(sys.executable).with_name("airflow")


def options(days: int, jobs_per_day: int) -> tuple[str, ...]:
    return (
        "--seed", "9", "--days", str(days), "--now", NOW.isoformat(), "--frozen", "--marketplaces", "US,CA",
        "--jobs-per-day", str(jobs_per_day),
    )  # fmt: skip


def raise_limits(api: LocalApi) -> None:
    """Forty times those of Amazon, and the client follows: the test is not about rate limits."""
    for operation, rate in (("getServiceJobs", 400), ("getServiceJobByServiceJobId", 800)):
        api.control("PUT", "limits", {"operation": operation, "rate": rate, "burst": 2 * rate})


def start_backfill(api: LocalApi, days: int) -> subprocess.Popen:
    command = [
        sys.executable,
        "-m",
        "tests.end_to_end.reading",
        api.url,
        (NOW - timedelta(days=days + 1)).isoformat(),
        NOW.isoformat(),
    ]
    return subprocess.Popen(command, cwd=paths.PROJECT_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("days", "jobs_per_day"), [(8, 30), pytest.param(60, 840, marks=pytest.mark.soak)])
def test_beside_hourly_runs(warehouse, monkeypatch, days, jobs_per_day):
    """The world moves on an hour for every hourly run, so that jobs leave the windows that the backfill reads."""
    monkeypatch.setenv("SERVICES_BACKFILL_WINDOW_HOURS", "24")
    with local_api(*options(days, jobs_per_day)) as api:
        raise_limits(api)
        backfill, hours = start_backfill(api, days), 0
        with ServicesClient(api.account(marketplace_ids=MARKETPLACES)) as client:
            while backfill.poll() is None or hours < 4:
                hours += 1
                api.control("POST", "clock", {"advance_seconds": 3600})
                end = NOW + timedelta(minutes=2) + hours * HOUR
                runs.scheduled_jobs(client, end - HOUR, end, f"hour-{hours}")
                with database.connect() as connection:
                    load_packages(connection)
                time.sleep(1)
        output, _ = backfill.communicate()
        assert backfill.returncode == 0, output
        with database.connect() as connection:
            load_packages(connection)
            modes = dict(connection.execute("select mode, count(*) from ops.extract_windows group by mode").fetchall())
            (watermark,) = connection.execute("select min(watermark) from ops.watermarks where entity = 'jobs'").fetchone()
        assert packages.waiting() == packages.loaded() == []
        assert modes["scheduled"] == 2 * hours and modes["backfill"] >= 2 * days
        assert watermark == NOW + hours * HOUR
        build_models()
        publish(paths.build_database(), paths.published_database(), run_id="beside")
        truth = api.truth(as_of=(NOW + hours * HOUR).isoformat())
    # the capacity was not read here
    tables = ("fct_service_jobs", "fct_appointments", "agg_technician_daily", "fct_job_items", "fct_job_payments")
    found = differences(paths.published_database(), whatever_was_read({table: truth[table] for table in tables}))
    assert not found, "\n".join(found)
    assert len(truth["fct_service_jobs"]) > 0.8 * days * jobs_per_day


def contents() -> list[tuple]:
    """What is known of every job, without when and by which load it came."""
    with database.connect() as connection:
        return connection.execute("""
            select * exclude (observed_at, window_start, window_end, _dlt_load_id) from raw.service_jobs order by service_job_id
        """).fetchall()


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_airflows_own_backfill_gives_the_same(warehouse, tmp_path, monkeypatch):
    """`airflow backfill create --dag-id amazon_services_jobs`, with a scheduler, beside the backfill of this project."""
    monkeypatch.setattr(place, "AIRFLOW_HOME", tmp_path / "airflow")
    hours, last = 4, NOW.replace(minute=0)
    with local_api(*options(3, 400)) as api:
        raise_limits(api)
        port = place.port("AIRFLOW_PORT")
        environment = place.environment(port, api.url) | {
            "SERVICES_SCHEDULE": "0 * * * *",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
            # the one DAG that is asked for runs, and nothing else
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        }
        # before there is a scheduler: SQLite has one writer
        command(environment, "db", "migrate")
        command(environment, "pools", "set", "services_warehouse_writer", "1", "A DuckDB file has one writer")
        command(environment, "dags", "reserialize")
        command(environment, "dags", "unpause", "amazon_services_jobs")
        command(
            environment, "backfill", "create", "--dag-id", "amazon_services_jobs",
            "--from-date", (last - hours * HOUR).isoformat(), "--to-date", (last - HOUR).isoformat(),
        )  # fmt: skip
        base = f"http://127.0.0.1:{port}/api/v2"

        def states() -> list[str]:
            runs_ = requests.get(f"{base}/dags/amazon_services_jobs/dagRuns", timeout=10).json()["dag_runs"]
            return [run["state"] for run in runs_ if run["run_type"] == "backfill"]

        log = tmp_path / "airflow.log"
        with server([AIRFLOW, "standalone"], environment, log, partial(answers, f"{base}/version")):
            ended = ("success", "failed")
            wait_for(lambda: [state in ended for state in states()] == [True] * hours, log.read_text, seconds=600)
            assert set(states()) == {"success"}
        theirs = contents()
        monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(tmp_path / "ours"))
        # the same key makes the same buyers
        (paths.warehouse_dir() / "buyer_hash.key").write_bytes((warehouse / "buyer_hash.key").read_bytes())
        wanted = Backfill.from_params({"start": (last - hours * HOUR).isoformat(), "end": last.isoformat()})
        with ServicesClient(api.account(marketplace_ids=MARKETPLACES)) as client:
            runs.backfill(client, wanted, NOW + HOUR, "ours")
    with database.connect() as connection:
        load_packages(connection)
    ours = contents()
    assert len(ours) > 20
    known = {row[2]: row for row in theirs}
    # theirs begins and ends a few minutes earlier, and has an hour of today; what both read is the same
    assert all(known[row[2]] == row for row in ours if row[2] in known)
    assert len([row for row in ours if row[2] in known]) > 0.9 * len(ours)


def command(environment: dict[str, str], *words: str) -> None:
    done = subprocess.run([AIRFLOW, *words], env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
