"""Hours of a schedule in a process of their own, each as the DAGs run it: extract, load, build, audit, publish.

    python -m tests.end_to_end.hours URL FIRST_HOUR HOURS [--move]

With `--move`, the local API's clock is moved to each hour first. Prints one JSON object for each finished hour: the reading (the
moment of the local API, when the reading began and ended), and the seconds of wall clock and of processor that the hour took.
"""

import argparse
import json
import resource
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from include import quality
from include.extract import runs, settings
from include.extract.packaging import WindowsFailed
from include.services_api import ServicesClient
from include.warehouse import database, paths
from include.warehouse.building import builds
from include.warehouse.building.transform import build_models
from include.warehouse.loading.load import load_packages
from include.warehouse.publishing.publish import publish
from include.warehouse.retention import retention
from tests.end_to_end.shifted_clock import sleep_by_duration
from tests.end_to_end.truth import scheduled
from tests.local_api import LocalApi

# of a scheduled window, behind the end of its data interval
LAG = timedelta(minutes=2)
# Airflow runs a failed task again; with faults on purpose an hour may need a few runs
MOST_RUNS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("first_hour", type=datetime.fromisoformat, help="the clock of the local API in the first hour")
    parser.add_argument("hours", type=int)
    parser.add_argument("--move", action="store_true")
    options = parser.parse_args()
    api = LocalApi(options.url)
    sleep_by_duration()
    _import_what_hours_need()
    with ServicesClient(api.account()) as client:
        for number in range(options.hours):
            moment = options.first_hour + timedelta(hours=number)
            if options.move:
                api.control("POST", "clock", {"now": moment.isoformat()})
            print(json.dumps(run_hour(client, api, moment)), flush=True)


def run_hour(client: ServicesClient, api: LocalApi, moment: datetime) -> dict:
    """Run one hour's DAGs, and note its reading with the local API."""
    run_id, end = f"hour-{moment:%Y%m%dT%H}", moment + LAG
    started, processor, began = time.monotonic(), _processor_seconds(), datetime.now(UTC)
    for extract in (
        lambda: runs.scheduled_jobs(client, end - timedelta(hours=1), end, run_id),
        lambda: runs.scheduled_availability(client, end, run_id),
    ):
        _run_again(extract)
    ended = datetime.now(UTC)
    build_and_publish(run_id)
    seconds = {"seconds": time.monotonic() - started, "processor_seconds": _processor_seconds() - processor}
    read = {"availability": True, "ranges": "range" in settings.capacity_formats()}
    api.control("POST", "reading", read | {"windows": [scheduled(moment)]})
    return {"reading": [api.control("GET", "clock")["now"], began.isoformat(), ended.isoformat()]} | seconds


def build_and_publish(run_id: str) -> None:
    """Load what was extracted, and run the warehouse DAG's tasks."""
    with database.connect() as connection:
        load_packages(connection)
        builds.begin(connection, run_id)
    build_models()
    quality.gate(paths.build_database(), paths.data_docs_dir(), run_id=run_id)
    publish(paths.build_database(), paths.published_database(), run_id=run_id)


def retain(run_id: str) -> None:
    """Run the retention DAG's tasks."""
    retention.remove_personal_data(run_id)
    retention.drop_slot_history(run_id)
    retention.compact_all()


def _run_again(extract) -> None:
    for _ in range(MOST_RUNS - 1):
        with suppress(WindowsFailed):
            extract()
            return
    extract()


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _import_what_hours_need() -> None:
    """Import what tasks import when they run, so that the first hour costs what the others do."""
    import dbt.adapters.duckdb.connections
    import dbt.cli.main

    from include.quality import checkpoint

    assert checkpoint and dbt


if __name__ == "__main__":
    main()
