"""Hourly runs, one after the other, in a world that lives and with faults on: what the last hours cost, and what they hold."""

import json
import statistics
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from include.extract import runs
from include.extract.backfill import Backfill
from include.services_api import ServicesClient
from include.warehouse import database, paths
from tests.end_to_end import hours
from tests.end_to_end.flaws import FLAWS
from tests.end_to_end.test_kills import FAULTS
from tests.end_to_end.truth import Reading, differences
from tests.local_api import LocalApi, local_api

# the clocks of the United States go back within the month
BEGIN = datetime(2026, 10, 12, 18, 58, tzinfo=UTC)
OPTIONS = (
    "--seed", "4", "--days", "8", "--now", BEGIN.isoformat(), "--frozen", "--limits", "off", "--marketplaces", "US",
    "--jobs-per-day", "20", "--stores", "4",
)  # fmt: skip
# flaws of the jobs' content, and faults of the connection
TROUBLE = FLAWS + [
    fault for fault in FAULTS if fault["kind"] not in ("unknown_field", "unknown_enum", "missing", "unreadable_time")
]
WEEK = 7 * 24


@pytest.mark.timeout(6 * 3600)
@pytest.mark.parametrize("count", [3, pytest.param(720, marks=pytest.mark.soak)])
def test_hours_cost_the_same_and_equal_the_truth(warehouse, monkeypatch, count):
    monkeypatch.setenv("SERVICES_BACKFILL_WINDOW_HOURS", "120")
    readings, costs, sizes = [], [], []
    with local_api(*OPTIONS) as api:
        readings.append(backfill(api))
        api.control("POST", "faults", TROUBLE)
        for first in range(0, count, 24):
            for hour in run(api, BEGIN + timedelta(hours=first + 1), min(24, count - first)):
                moment, began, ended = hour["reading"]
                readings.append(Reading(moment, datetime.fromisoformat(began), datetime.fromisoformat(ended)))
                costs.append(hour["processor_seconds"])
            hours.retain(f"day-{first // 24}")
            sizes.append(size(warehouse))
            print(f"day {first // 24 + 1}: {statistics.median(costs[-24:]):.2f} s of processor an hour, {sizes[-1]}", flush=True)
            if first % WEEK == WEEK - 24 or first + 24 >= count:
                check(api, BEGIN + timedelta(hours=len(costs)), readings)
        # a world that stands still, and answers that are right: reading it again stores nothing
        api.control("DELETE", "faults")
        run(api, BEGIN + timedelta(hours=count), 1)
        stored = contents()
        run(api, BEGIN + timedelta(hours=count), 1)
    assert contents() == stored, "the same hour again has changed what is stored"
    if count > 48:
        # processor time: other work beside this test does not count
        assert statistics.median(costs[-24:]) <= 1.2 * statistics.median(costs[:24])
        first_week, last = sizes[6], sizes[-1]
        assert last["bytes"] / last["rows"] <= 1.2 * first_week["bytes"] / first_week["rows"]
        assert last["files"] <= first_week["files"] + 10


def backfill(api: LocalApi) -> Reading:
    began = datetime.now(UTC)
    with ServicesClient(api.account()) as client:
        params = {"start": (BEGIN - timedelta(days=9)).isoformat(), "end": BEGIN.isoformat()}
        runs.backfill(client, Backfill.from_params(params), BEGIN + hours.LAG, "backfill")
    api.control("POST", "reading", {"availability": False})
    ended = datetime.now(UTC)
    hours.build_and_publish("backfill")
    return Reading(api.control("GET", "clock")["now"], began, ended)


def run(api: LocalApi, first: datetime, count: int) -> list[dict]:
    command = [sys.executable, "-m", "tests.end_to_end.hours", api.url, first.isoformat(), str(count), "--move"]
    process = subprocess.run(command, cwd=paths.PROJECT_DIR, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr[-5_000:]
    return [json.loads(line) for line in process.stdout.splitlines() if line.startswith("{")]


def check(api: LocalApi, as_of: datetime, readings: list[Reading]) -> None:
    found = differences(paths.published_database(), api.truth(as_of=as_of.isoformat()), readings)
    assert not found, "\n".join(found)


def size(warehouse: Path) -> dict[str, int]:
    """Files and bytes of the warehouse folder, and the rows that are stored in the databases."""
    files = [file for file in warehouse.rglob("*") if file.is_file()]
    with database.connect() as connection:
        tables = connection.execute(
            "select database_name || '.' || schema_name || '.' || table_name from duckdb_tables() where not temporary"
        ).fetchall()
        rows = sum(connection.execute(f"select count(*) from {table}").fetchone()[0] for (table,) in tables)
    return {"files": len(files), "bytes": sum(file.stat().st_size for file in files), "rows": rows}


def contents() -> dict[str, list]:
    """The rows of `raw` and `marts`."""
    with database.connect() as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where schema_name in ('raw', 'marts')"
        ).fetchall()
        return {table: connection.execute(f"from {table} order by all").fetchall() for (table,) in tables}
