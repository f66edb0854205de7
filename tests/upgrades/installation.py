"""The life of an installation, told with what every commit of this project has: `make_fixture` runs it with an older one's code.

python installation.py URL OBSERVATIONS      fills `$SERVICES_WAREHOUSE_DIR`, and keeps a copy of every package in OBSERVATIONS

It reads some days and two hours, publishes after each, and ends in the middle of its work: one hour is read and not loaded,
the next one failed after some jobs. Only `include` is imported, from wherever PYTHONPATH says.
"""

import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

from include import quality
from include.extract import jobs, runs
from include.extract.backfill import Backfill
from include.services_api import Account, ServicesClient
from include.warehouse import database, paths
from include.warehouse.building.transform import build_models
from include.warehouse.loading.load import load_packages
from include.warehouse.publishing.publish import publish

NOW = datetime(2026, 11, 3, 18, 58, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAYS = 4
MARKETPLACES = ("ATVPDKIKX0DER",)
# the hour that failed, which whoever goes on with this installation reads next
FAILED_HOUR = 3


def account(url: str) -> Account:
    return Account(
        "amazon_services_default", "client-id", "client-secret", "Atzr|local", marketplace_ids=MARKETPLACES,
        endpoint=url, token_url=f"{url}/auth/o2/token",
    )  # fmt: skip


def end_of(hour: int) -> datetime:
    """The end of an hourly data interval; its window ends two minutes before."""
    return NOW + timedelta(minutes=2) + hour * HOUR


def lever(url: str, method: str, name: str, body: object) -> None:
    requests.request(method, f"{url}/_sandbox/{name}", json=body, timeout=60).raise_for_status()


def copy_packages(target: Path) -> None:
    """Those that wait to be loaded, as they are."""
    for folder in paths.packages_dir().glob("[!.]*"):
        if folder.name != "loaded":
            shutil.copytree(folder, target / folder.name, dirs_exist_ok=True)


def bring_up_to_date(run_id: str) -> None:
    with database.connect() as connection:
        load_packages(connection)
    build_models()
    quality.gate(paths.build_database(), paths.data_docs_dir(), run_id=run_id)
    publish(paths.build_database(), paths.published_database(), run_id=run_id)


def read_hour(client: ServicesClient, hour: int) -> None:
    runs.scheduled_jobs(client, end_of(hour) - HOUR, end_of(hour), f"hour {hour}")
    runs.scheduled_availability(client, end_of(hour), f"hour {hour}")


def cancel_a_job(client: ServicesClient, requested_by: str) -> None:
    """A write with its journal, in commits that have one."""
    try:
        from include.writes import CancelJob, carry_out
    except ImportError:
        return
    listed = client.get_service_jobs(
        MARKETPLACES[0], created_after=NOW - timedelta(days=DAYS), service_job_status=["NOT_SERVICED"]
    )
    cancel = CancelJob(service_job_id=listed.payload["jobs"][0]["serviceJobId"], cancellation_reason_code="S1")
    carry_out(client, cancel, requested_by=requested_by)


def fail_an_hour(client: ServicesClient, url: str) -> None:
    jobs.BATCH_JOBS = 2  # so that few jobs make a spool
    fault = {"operation": "getServiceJobByServiceJobId", "kind": "error", "status": 400, "nth": 4}
    lever(url, "POST", "faults", [fault])
    try:
        runs.scheduled_jobs(client, end_of(FAILED_HOUR) - HOUR, end_of(FAILED_HOUR), f"hour {FAILED_HOUR}")
    except Exception as error:
        print(f"as planned: {error}")
    else:
        raise SystemExit("the hour that should fail did not")


def main(url: str, observations: Path) -> None:
    with ServicesClient(account(url)) as client:
        wanted = {"start": (NOW - (DAYS + 1) * 24 * HOUR).isoformat(), "end": NOW.isoformat()}
        runs.backfill(client, Backfill.from_params(wanted), NOW + timedelta(minutes=2), "backfill")
        copy_packages(observations)
        bring_up_to_date("backfill")
        for hour in (1, 2):
            lever(url, "POST", "clock", {"advance_seconds": 3600})
            read_hour(client, hour)
            copy_packages(observations)
            if hour == 1:
                cancel_a_job(client, "the first hour")
                bring_up_to_date("hour 1")
        cancel_a_job(client, "the second hour")
        lever(url, "POST", "clock", {"advance_seconds": 3600})
        fail_an_hour(client, url)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
