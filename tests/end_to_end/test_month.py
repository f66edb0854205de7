"""Hourly runs, one after the other, in a world that lives and with faults on: what the last hours cost, and what they hold."""

import os
import statistics
from datetime import timedelta
from pathlib import Path

import pytest

from include.warehouse import database
from tests.end_to_end import hours
from tests.end_to_end.hourly import BEGIN, OPTIONS, backfill, check, disturb, finish, start
from tests.end_to_end.month import Month
from tests.local_api import LocalApi, local_api

DAY, WEEK = 24, 7 * 24


@pytest.mark.timeout(6 * 3600)
@pytest.mark.parametrize("count", [2, pytest.param(720, marks=pytest.mark.soak)])
def test_hours_cost_the_same_and_equal_the_truth(warehouse, monkeypatch, tmp_path, count):
    """A month takes hours: with MONTH_FOLDER in the environment, one that was interrupted goes on with the day after its last."""
    monkeypatch.setenv("SERVICES_BACKFILL_WINDOW_HOURS", "120")
    month = Month.in_folder(Path(os.environ.get("MONTH_FOLDER", tmp_path)) if count > WEEK else tmp_path)
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(month.warehouse))
    with local_api(*OPTIONS) as api:
        if month.readings:
            month.restore(api)
        else:
            month.readings.append(backfill(api))
            disturb(api)
        while len(month.costs) < count:
            run_day(api, month, count)
        # a world that stands still, and answers that are right: reading it again stores nothing
        api.control("DELETE", "faults")
        finish(start(api, BEGIN + timedelta(hours=count)))
        stored = contents()
        finish(start(api, BEGIN + timedelta(hours=count)))
        assert contents() == stored, "the same hour again has changed what is stored"
        if count <= WEEK:
            return
        disturb(api)
        early, late = in_turns(api, {month.first_day: DAY, month.warehouse: count}, rounds=6, each=4)
        print(f"in turns: {early:.2f} s after the first day, {late:.2f} s after the last one", flush=True)
        assert late <= 1.2 * early
        week, last = month.sizes[6], month.sizes[-1]
        assert last["bytes"] / last["rows"] <= 1.2 * week["bytes"] / week["rows"]
        assert last["files"] <= week["files"] + 10


def run_day(api: LocalApi, month: Month, count: int) -> None:
    """Run the hours of the next day, hold them against the truth at the end of a week, and keep them."""
    first = len(month.costs)
    for reading, seconds in finish(start(api, BEGIN + timedelta(hours=first + 1), min(DAY, count - first))):
        month.readings.append(reading)
        month.costs.append(seconds)
    hours.retain(f"day-{first // DAY}")
    month.sizes.append(size(month.warehouse))
    median = statistics.median(month.costs[first:])
    print(f"day {len(month.sizes)}: {median:.2f} s of processor an hour, {month.sizes[-1]}", flush=True)
    if len(month.costs) % WEEK == 0 or len(month.costs) == count:
        check(api, BEGIN + timedelta(hours=len(month.costs)), month.readings)
    month.keep(api)


def in_turns(api: LocalApi, warehouses: dict[Path, int], rounds: int, each: int) -> list[float]:
    """The median seconds of processor of hours that follow in each warehouse, which has so many hours already.

    Hours of the two are run in turns, because a machine shared with others is not as fast in one hour as in another. The first
    round is not counted: it parses the models anew for the copied warehouse. `api` stands where the last warehouse does.
    """
    costs: dict[Path, list[float]] = {folder: [] for folder in warehouses}
    with local_api(*OPTIONS) as earlier:
        disturb(earlier)
        for turn in range(rounds + 1):
            for server, (folder, past) in zip((earlier, api), warehouses.items(), strict=True):
                hour = BEGIN + timedelta(hours=past + 1 + turn * each)
                costs[folder] += [
                    seconds for _, seconds in finish(start(server, hour, each, {"SERVICES_WAREHOUSE_DIR": str(folder)}))
                ]
    return [statistics.median(seconds[each:]) for seconds in costs.values()]


def size(warehouse: Path) -> dict[str, int]:
    """Files and bytes of the warehouse folder, and the rows in its databases."""
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
