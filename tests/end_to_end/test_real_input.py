"""Every example payload goes the whole way, and ends as a row or as a quarantined record with a reason: none is lost."""

from datetime import UTC, datetime, timedelta

import pytest

from include import quality
from include.extract import runs
from include.extract.backfill import Backfill
from include.services_api import ServicesClient
from include.warehouse import database, paths
from include.warehouse.building.transform import build_models
from include.warehouse.loading.load import load_packages
from tests.end_to_end.examples import CAPACITY, JOBS, OUR_OWN, SLOTS, published
from tests.end_to_end.scripted_api import scripted_api

START = datetime(2026, 10, 1, tzinfo=UTC)
SHARED = paths.PROJECT_DIR.parent / "shared"


@pytest.fixture(params=["our own", "published"])
def examples(request):
    if request.param == "our own":
        return OUR_OWN
    if not (SHARED / "contract" / "services.json").exists():
        pytest.skip("Amazon's published documents are not beside this project")
    found = published(SHARED)
    # the guide shows 9 service jobs and 2 slot reports, the model 1 list, 1 detail, 4 slot reports and 1 capacity
    assert {kind: sum(kind == one for one, _ in found) >= least for kind, least in ((JOBS, 10), (SLOTS, 6), (CAPACITY, 1))} == {
        JOBS: True, SLOTS: True, CAPACITY: True,
    }  # fmt: skip
    return found


def read(api, client, kind: str, payload: dict, position: int) -> None:
    """Let the API tell this one example, in an hour of its own."""
    hour = START + timedelta(hours=position)
    name = payload.get("serviceJobId")
    listed = {"payload": {"totalResultSize": int(kind == JOBS), "jobs": [payload] if kind == JOBS else []}}
    api.answers = {"serviceJobs": listed} | ({name: {"payload": payload}} if name else {})
    api.answers |= {"appointmentSlots": {"payload": payload if kind == SLOTS else {"appointmentSlots": []}}}
    api.answers |= {"fixed": payload if kind == CAPACITY else {"capacities": []}}
    if kind == JOBS:
        wanted = Backfill.from_params({"start": hour.isoformat(), "end": (hour + timedelta(hours=1)).isoformat()})
        runs.backfill(client, wanted, hour + timedelta(days=1), f"example-{position}")
    else:
        runs.scheduled_availability(client, hour, f"example-{position}")
    with database.connect() as connection:
        load_packages(connection)


def counts() -> dict[str, int]:
    tables = ("raw.service_jobs", "raw.appointment_slots", "raw.resource_capacity", "ops.quarantined_records")
    with database.connect() as connection:
        connection.execute("create schema if not exists raw")
        return {table: connection.execute(f"select count(*) from {table}").fetchone()[0] for table in tables}


def test_no_example_is_lost(warehouse, examples):
    with scripted_api() as api, ServicesClient(api.account()) as client:
        seen: list[tuple[str, dict]] = []
        for position, (kind, payload) in enumerate(examples):
            before = counts() if position else dict.fromkeys(("raw.service_jobs", "ops.quarantined_records"), 0)
            read(api, client, kind, payload, position)
            after = counts()
            expected = {SLOTS: len(payload.get("appointmentSlots", [])), CAPACITY: len(payload.get("capacities", [])), JOBS: 1}[
                kind
            ]
            table = {SLOTS: "raw.appointment_slots", CAPACITY: "raw.resource_capacity", JOBS: "raw.service_jobs"}[kind]
            added = after[table] - before.get(table, 0) + after["ops.quarantined_records"] - before["ops.quarantined_records"]
            # an example that says the same of the same thing again is no new row: nothing was lost
            assert added >= expected or (kind, payload) in seen or kind == SLOTS, f"{kind} {position}: {payload}"
            seen.append((kind, payload))
    with database.connect() as connection:
        reasons = connection.execute("select count(*) from ops.quarantined_records where coalesce(reason, '') = ''").fetchone()
        assert reasons == (0,)
        jobs = {row[0] for row in connection.execute("select distinct service_job_id from raw.service_jobs").fetchall()}
        slots = connection.execute("select count(distinct slot_start_at) from raw.appointment_slots").fetchone()[0]
    assert jobs == {payload["serviceJobId"] for kind, payload in examples if kind == JOBS and payload.get("serviceJobId")}
    told = [slot for kind, payload in examples if kind == SLOTS for slot in payload.get("appointmentSlots", [])]
    assert slots == len({slot["startTime"] for slot in told if slot["startTime"].startswith("2")})

    build_models()
    report = quality.run(paths.build_database(), paths.data_docs_dir(), run_id="examples")
    assert report.results and not any("could not be evaluated" in str(result) for result in report.results)
    with database.connect() as connection:
        modeled = {row[0] for row in connection.execute("select service_job_id from marts.fct_service_jobs").fetchall()}
    assert modeled == jobs
