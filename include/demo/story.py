"""The steps of the demonstration."""

import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from include.demo import belongings, past, place, processes, stores
from include.demo.airflow import Airflow
from include.demo.place import DAYS, NotPossible
from include.demo.report import report
from include.warehouse import paths

JOBS, AVAILABILITY = "amazon_services_jobs", "amazon_services_availability"
WAREHOUSE, BACKFILL = "amazon_services_warehouse", "amazon_services_backfill"
POOL = "services_warehouse_writer"
READY_SECONDS = 180
BACKFILL_DAYS = 3


def run(*, keep_running: bool) -> None:
    """Run the demonstration and print its report.

    Args:
        keep_running: Whether Airflow and the local API stay up afterwards.

    Raises:
        NotPossible: Something is missing, or a run failed; every process was stopped.
    """
    started = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - started:5.0f} s] {line}", flush=True)

    place.check()
    now = place.moment()
    if processes.stop_all():
        say("Stopped the processes of an earlier demo")
    airflow_port = place.port("AIRFLOW_PORT", 8080 if keep_running else None)
    try:
        api_url = _start_api(now, say)
        stores.write(api_url)
        if not belongings.has_past():
            past.load(api_url, now, say)
            belongings.claim_past()
        airflow = _start_airflow(airflow_port, api_url, say)
        _run_dags(airflow, now, say)
    except BaseException:
        processes.stop_all()
        raise
    if not keep_running:
        say("Stopping Airflow and the local API")
        processes.stop_all()
    print(report(paths.published_database()))
    if keep_running:
        print(f"Airflow: {airflow.url} (user admin, password in {airflow.passwords})")
        print(f"Local Services API: {api_url}\nTo stop both: make down")
    else:
        print("To see these runs in Airflow's UI: make up")


def _start_api(now: datetime, say: Callable[[str], None]) -> str:
    say(f"Starting the local Services API: {DAYS} days up to {now:%Y-%m-%d %H:%M} UTC, at Amazon's own rate limits")
    port = place.port("SANDBOX_PORT")
    command = [sys.executable, "-m", "include.sandbox", "--port", str(port), *place.world(now)]
    process = processes.start("sandbox", command, place.environment(0, ""))
    return processes.await_line(process, "sandbox", "listening on")


def _start_airflow(port: int, api_url: str, say: Callable[[str], None]) -> Airflow:
    say("Starting Airflow")
    # with an old database Airflow would wait minutes for tasks of a killed demonstration; the warehouse is kept
    place.forget_airflow_database()
    process = processes.start("airflow", ["airflow", "standalone"], place.environment(port, api_url))
    airflow = Airflow(port)
    give_up_at = time.monotonic() + READY_SECONDS
    while not airflow.is_ready({JOBS, AVAILABILITY, WAREHOUSE, BACKFILL}):
        if process.poll() is not None or time.monotonic() > give_up_at:
            raise NotPossible(f"Airflow did not start within {READY_SECONDS} s; its log is {processes.log('airflow')}")
        time.sleep(0.5)
    airflow.ensure_pool(POOL, 1, "A DuckDB file has one writer")
    return airflow


def _run_dags(airflow: Airflow, now: datetime, say: Callable[[str], None]) -> None:
    start, end = place.hour()
    say(f"Airflow loads the past, and backfills {BACKFILL_DAYS} days of it")
    backfill = {"start": (start - timedelta(days=BACKFILL_DAYS)).isoformat(), "end": start.isoformat()}
    run_ids = {BACKFILL: airflow.trigger(BACKFILL, conf=backfill)}
    airflow.await_runs(run_ids, say)
    airflow.await_asset_run(WAREHOUSE, run_ids, say)
    say(f"Airflow runs the hour from {start:%H:%M} to {end:%H:%M}")
    run_ids = {dag: airflow.trigger(dag, interval=(start, end)) for dag in (JOBS, AVAILABILITY)}
    airflow.await_runs(run_ids, say)
    airflow.await_asset_run(WAREHOUSE, run_ids, say)
