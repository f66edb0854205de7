"""The whole way in plain Python: from HTTP to the published file, and every figure in it equals the truth."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from include import quality
from include.extract import runs
from include.extract.backfill import Backfill
from include.services_api import ServicesClient
from include.warehouse import database, paths
from include.warehouse.building.transform import build_models
from include.warehouse.loading.load import load_packages
from include.warehouse.publishing.publish import publish
from tests.end_to_end.flaws import FLAWS
from tests.end_to_end.truth import Reading, backfilled, differences, scheduled
from tests.local_api import MARKETPLACES, LocalApi, local_api

# an hour after the clocks of the United States and Canada went back
NOW = datetime(2026, 11, 3, 12, 58, tzinfo=UTC)
HOUR_END = NOW + timedelta(minutes=2)
OPTIONS = ("--days", "20", "--frozen", "--limits", "off", "--marketplaces", "US,CA", "--jobs-per-day", "30")


def build_and_publish(run_id: str) -> quality.QualityReport:
    with database.connect() as connection:
        load_packages(connection)
    build_models()
    report = quality.gate(paths.build_database(), paths.data_docs_dir(), run_id=run_id)
    publish(paths.build_database(), paths.published_database(), run_id=run_id)
    return report


@pytest.fixture
def api():
    with local_api("--seed", "3", "--now", NOW.isoformat(), *OPTIONS) as api:
        yield api


def backfill(client: ServicesClient, run_id: str) -> None:
    wanted = {"start": (NOW - timedelta(days=21)).isoformat(), "end": (NOW - timedelta(hours=1)).isoformat()}
    runs.backfill(client, Backfill.from_params(wanted), NOW, run_id)


def start_reader() -> subprocess.Popen:
    command = [sys.executable, str(Path(__file__).with_name("reader.py")), str(paths.published_database())]
    reader = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert reader.stdout.readline() == "open\n"
    return reader


def contents() -> dict[str, list]:
    """Every published mart, sorted: what `the same tables` means."""
    with database.connect(paths.published_database(), read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
        return {table: connection.execute(f"select * from marts.{table} order by all").fetchall() for (table,) in tables}


def personal_data_in(folder: Path, personal: dict[str, list[str]]) -> list[str]:
    """Where a buyer's name, phone, street or id is found: in the bytes of any file, and in any value of the pipeline's database.

    DuckDB packs its texts, so the bytes alone would not prove it; they are searched for a part, which takes long enough.
    """
    with database.connect() as connection:
        tables = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        everything = "".join(str(connection.execute(f"select * from {table}").fetchall()) for (table,) in tables)
    found = [f"a value of {kind}" for kind, values in personal.items() for value in values if value in everything]
    needles = [value.encode() for values in personal.values() for value in values[:50]]
    for file in folder.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        found += [str(file) for needle in needles if needle in content]
    assert all(personal.values()), "nothing personal to look for: this would prove nothing"
    return found


def test_published_tables_equal_the_truth(warehouse, api, monkeypatch):
    monkeypatch.setenv("SERVICES_BACKFILL_WINDOW_HOURS", "120")
    with ServicesClient(api.account(marketplace_ids=MARKETPLACES)) as client:
        backfill(client, "backfill")
        build_and_publish("first")
        reader = start_reader()
        runs.scheduled_jobs(client, HOUR_END - timedelta(hours=1), HOUR_END, "hour")
        runs.scheduled_availability(client, HOUR_END, "hour")
        build_and_publish("second")
    windows = [*backfilled(NOW - timedelta(days=21), NOW - timedelta(hours=1), NOW), scheduled(NOW)]
    api.control("POST", "reading", {"availability": True, "windows": windows})
    truth = api.truth(as_of=NOW.isoformat())
    found = differences(paths.published_database(), truth)
    assert not found, "\n".join(found)

    # a reader that was open all the time saw no error, its own version, and the new one when it opened again
    output, _ = reader.communicate(timeout=60)
    saw = json.loads(output)
    assert saw["errors"] == [] and len(saw["seen"]) == 1
    assert saw["last"] == len(truth["fct_service_jobs"]) > saw["seen"][0]

    assert personal_data_in(warehouse, api.control("GET", "personal")) == []

    # the same again: not a row more, not a value changed
    same = contents()
    with ServicesClient(api.account(marketplace_ids=MARKETPLACES)) as client:
        backfill(client, "again")
        runs.scheduled_jobs(client, HOUR_END - timedelta(hours=1), HOUR_END, "again")
        runs.scheduled_availability(client, HOUR_END, "again")
        build_and_publish("third")
    assert contents() == same


HOURS = 2
# an afternoon, when much happens
BEGIN = datetime(2026, 11, 3, 18, 58, tzinfo=UTC)
FLAWED_OPTIONS = (*OPTIONS, "--now", BEGIN.isoformat(), "--jobs-per-day", "45")


@pytest.mark.parametrize("seed", [11, pytest.param(12, marks=pytest.mark.soak), pytest.param(13, marks=pytest.mark.soak)])
def test_what_was_read_hour_by_hour_equals_the_truth_though_half_of_it_was_flawed(warehouse, monkeypatch, seed):
    """Every mart, with the histories: each hour is read once, and answers are wrong in every way."""
    monkeypatch.setenv("SERVICES_BACKFILL_WINDOW_HOURS", "120")
    monkeypatch.setenv("SERVICES_CAPACITY_FORMATS", "fixed,range")
    readings = []
    with (
        local_api(*FLAWED_OPTIONS, "--seed", str(seed)) as api,
        ServicesClient(api.account(marketplace_ids=MARKETPLACES)) as client,
    ):
        api.control("POST", "faults", FLAWS)
        with reading(api, readings, backfilled(BEGIN - timedelta(days=21), BEGIN, BEGIN + timedelta(minutes=2))):
            wanted = {"start": (BEGIN - timedelta(days=21)).isoformat(), "end": BEGIN.isoformat()}
            # asked a little later: a backfill leaves out what has not settled
            runs.backfill(client, Backfill.from_params(wanted), BEGIN + timedelta(minutes=2), "backfill")
        reports = [build_and_publish("backfill")]
        for hour in range(HOURS):
            api.control("POST", "clock", {"advance_seconds": 3600})
            end = BEGIN + timedelta(hours=hour + 1, minutes=2)
            with reading(api, readings, [scheduled(BEGIN + timedelta(hours=hour + 1))], availability=True):
                runs.scheduled_jobs(client, end - timedelta(hours=1), end, f"hour {hour}")
                runs.scheduled_availability(client, end, f"hour {hour}")
            reports.append(build_and_publish(f"hour {hour}"))
        truth = api.truth(as_of=(BEGIN + timedelta(hours=HOURS)).isoformat())
        struck = {(fault["kind"], fault["field"]) for fault in api.control("GET", "faults")["faults"] if fault["fired"]}
    found = differences(paths.published_database(), truth, readings)
    assert not found, "\n".join(found)
    # what is wrong is reported, hour after hour, and stops nothing
    for report in reports:
        assert {finding.severity for finding in report.findings} == {"warn"}
        assert {finding.code for finding in report.findings} >= {
            "appointment_start_missing", "appointment_status_unknown", "item_status_unknown", "job_status_unknown",
            "quarantine_large",
        }  # fmt: skip
    assert len(struck) > 0.9 * len({(fault["kind"], fault.get("field")) for fault in FLAWS})
    changes = [row["valid_to"] for row in truth["fct_appointment_history"] if row["valid_to"]]
    assert len(changes) > 4, "hardly anything changed: this would prove little"
    for table in ("fct_slot_availability", "fct_job_slot_availability", "fct_capacity_ranges"):
        assert {row["is_current"] for row in truth[table]} == {True, False}, table
    assert {row["scheduling_type"] for row in truth["fct_slot_availability"]} == {
        "REAL_TIME_SCHEDULING", "NON_REAL_TIME_SCHEDULING", None,
    }  # fmt: skip


@contextmanager
def reading(api: LocalApi, readings: list[Reading], windows: list[list[str]], availability: bool = False) -> Iterator[None]:
    """Everything is read here: what can be noticed at this moment is noticed between its beginning and its end."""
    began = datetime.now(UTC)
    yield
    api.control("POST", "reading", {"availability": availability, "ranges": True, "windows": windows})
    readings.append(Reading(api.control("GET", "clock")["now"], began, datetime.now(UTC)))
