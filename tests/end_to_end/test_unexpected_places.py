"""Whatever private stands in an unexpected place is in no file after all was read, loaded, modeled, judged and published."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from include import quality
from include.extract import runs
from include.extract.backfill import Backfill
from include.extract.packaging import WindowsFailed
from include.extract.privacy import buyer_keys
from include.services_api import ServicesClient
from include.warehouse import database, paths, restricted
from include.warehouse.building.transform import build_models
from include.warehouse.loading.load import load_packages
from include.warehouse.publishing.publish import publish
from include.warehouse.retention import retention
from tests.end_to_end.airflow_home import Home
from tests.end_to_end.scripted_api import ScriptedApi, scripted_api
from tests.end_to_end.unexpected_shapes import BUYER, NAME, NEEDLES, PLAIN, capacities, jobs, made, slot_reports
from tests.searching import found

HOUR = datetime(2026, 10, 1, 12, tzinfo=UTC)
SHAPES, ANSWERS = 80, 5
KEY = "a key of 32 characters or more, for tests"


@pytest.fixture
def mode(request, warehouse, monkeypatch) -> str:
    monkeypatch.setenv("SERVICES_PERSONAL_DATA", request.param)
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", KEY)
    buyer_keys.cache_clear()
    return request.param


@contextmanager
def odd_api() -> Iterator[ScriptedApi]:
    """An API whose every answer is odd; of each job, the list and the detail are odd in ways of their own."""
    shapes = [shape for shape in made(jobs(), 2 * SHAPES)]
    listed = [shape | {"serviceJobId": f"job-{number}"} if isinstance(shape, dict) and "seller" in shape else shape
              for number, shape in enumerate(shapes[:SHAPES])]  # fmt: skip
    assert sum(isinstance(shape, dict) and "serviceJobId" in shape for shape in listed) >= 50
    details = [shape for shape in shapes[SHAPES:] if isinstance(shape, dict)]
    with scripted_api() as api:
        api.answers = {
            shape["serviceJobId"]: {"payload": details[place % len(details)]}
            for place, shape in enumerate(listed)
            if isinstance(shape, dict) and "serviceJobId" in shape
        }
        # one that is all right, or nothing else would be read
        listed.append(PLAIN | {"serviceJobId": "plain"})
        api.answers |= {"plain": {"payload": listed[-1]}, "serviceJobs": page(listed)}
        yield api


def page(listed: list, total: object = None) -> dict:
    return {"payload": {"totalResultSize": len(listed) if total is None else total, "jobs": listed}}


def backfill(client: ServicesClient, hour: int, minutes: int = 60) -> None:
    start = HOUR + timedelta(hours=hour)
    wanted = Backfill.from_params({"start": start.isoformat(), "end": (start + timedelta(minutes=minutes)).isoformat()})
    runs.backfill(client, wanted, start + timedelta(days=1), f"hour-{hour}")


@pytest.mark.parametrize("mode", ["none", pytest.param("keep", marks=pytest.mark.soak)], indirect=True)
def test_nothing_private_is_in_any_file_or_log(warehouse, mode, caplog):
    caplog.set_level(logging.DEBUG)
    with odd_api() as api, ServicesClient(api.account()) as client:
        backfill(client, 0)
        for place, (slots, capacity) in enumerate(zip(made(slot_reports, ANSWERS), made(capacities, ANSWERS), strict=True)):
            api.answers |= {"appointmentSlots": {"payload": slots}, "fixed": capacity}
            runs.scheduled_availability(client, HOUR + timedelta(hours=place), f"slots-{place}")
        api.answers["serviceJobs"] = page([], total=NAME)
        with pytest.raises(WindowsFailed, match="totalResultSize") as failed:
            backfill(client, 1, minutes=1)
    with database.connect() as connection:
        load_packages(connection)
    build_models()
    report = quality.gate(paths.build_database(), paths.data_docs_dir(), run_id="odd")
    publish(paths.build_database(), paths.published_database(), run_id="odd")

    with database.connect(paths.published_database(), read_only=True) as published:
        (count,) = published.execute("select count(*) from marts.fct_service_jobs").fetchone()
        kinds = published.execute("select kind, count(*) from ops.schema_drift group by kind").fetchall()
        quarantined = published.execute("select count(*) from ops.quarantined_records").fetchone()[0]
    assert count > 50 and quarantined > 50 and len(dict(kinds)) == 3, "nothing odd was read: this would prove nothing"
    if mode == "keep":
        with restricted.opened(read_only=True) as vault:
            kept = str(vault.execute(f"select * from {restricted.TABLE}").fetchall())
        assert [value for value in NEEDLES if value not in kept and value != BUYER] == []
    assert found(warehouse, NEEDLES) == []
    told = caplog.text + str(failed.value) + str(report)
    assert [value for value in NEEDLES if value in told] == []

    key = buyer_keys().key(BUYER)
    retention.forget_buyer(key, "run-1")
    retention.compact_all(force=True)
    assert {file for file, _ in found(warehouse, [key])} == {"build.duckdb"}  # the note that they are to be forgotten


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("mode", ["none", "keep"], indirect=True)
def test_nothing_private_is_in_an_airflow_home(warehouse, mode, tmp_path):
    home = tmp_path / "airflow"
    home.mkdir()
    with odd_api() as api:
        slots, capacity = made(slot_reports, ANSWERS)[-1], made(capacities, ANSWERS)[-1]
        api.answers |= {"appointmentSlots": {"payload": slots}, "fixed": capacity}
        airflow = Home(
            home, warehouse, f"http://127.0.0.1:{api.server_port}", SERVICES_PERSONAL_DATA=mode, SERVICES_PERSONAL_DATA_KEY=KEY
        )
        airflow.run("backfill", start=HOUR.isoformat(), end=(HOUR + timedelta(hours=1)).isoformat())
        airflow.run("warehouse")
        airflow.run("availability", start=HOUR.isoformat(), end=(HOUR + timedelta(hours=1)).isoformat())
        airflow.run("warehouse")
        airflow.run("retention")
    with database.connect(paths.published_database(), read_only=True) as published:
        assert published.execute("select count(*) from marts.fct_service_jobs").fetchone()[0] > 50
        assert published.execute("select count(distinct entity) from ops.schema_drift").fetchone()[0] == 3
    assert found(warehouse, NEEDLES) + found(home, NEEDLES) == []
