"""Every tile of the page on a million jobs: milliseconds at the server, and what history costs when the dates are bounded.

`MILLION_PUBLISHED` names the published file of a build that `python -m tests.benchmarks.million` has made; without it, both are
made (minutes).
"""

import os
import statistics
import time
from pathlib import Path

import duckdb
import pytest

from include.dashboard.filters import Filters
from include.dashboard.tiles import TILES, answer
from include.warehouse.publishing.publish import publish
from tests.benchmarks.million import fill
from tests.dbt_project.raw_rows import Warehouse

TILE_MILLISECONDS = 300
MONTH = {"start": "2026-10-04", "end": "2026-10-31"}
YOUNG_SINCE = "2026-08-01"
# the first date-like column of a table that has one says which rows a younger company would not have
DATES = ("service_date", "week_start_date", "hour_start_at", "slot_start_at", "created_at", "valid_from", "window_start")


@pytest.fixture(scope="module")
def grown(tmp_path_factory) -> Path:
    """The published file of a year with a million jobs."""
    if given := os.environ.get("MILLION_PUBLISHED"):
        return Path(given)
    folder = tmp_path_factory.mktemp("million")
    warehouse = Warehouse(folder)
    fill(warehouse)
    warehouse.build_untested()
    publish(folder / "build.duckdb", folder / "published" / "services.duckdb", run_id="million")
    return folder / "published" / "services.duckdb"


@pytest.fixture(scope="module")
def young(grown, tmp_path_factory) -> Path:
    """The same company three months after it began."""
    published = tmp_path_factory.mktemp("young") / "published" / "services.duckdb"
    published.parent.mkdir()
    with duckdb.connect(str(published)) as connection:
        connection.execute(f"attach '{grown}' as grown (read_only)")
        connection.execute("create schema marts; create schema ops")
        tables = connection.execute("""
            select schema_name || '.' || table_name, list(column_name) from duckdb_columns()
            where database_name = 'grown' group by all
        """).fetchall()
        for table, columns in tables:
            date = next((name for name in DATES if name in columns), None)
            since = f"where {date} is null or {date} >= '{YOUNG_SINCE}'" if date else ""
            connection.execute(f"create table {table} as from grown.{table} {since}")
    return published


def milliseconds(published: Path, monkeypatch, query: dict[str, str]) -> dict[str, float]:
    """The median of five, for each tile, opening the file included."""
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(published.parent.parent))
    filters = Filters.from_query(query)
    answer("headline", filters)
    found = {}
    for tile in TILES:
        times = []
        for _ in range(5):
            started = time.perf_counter()
            answer(tile, filters)
            times.append(1000 * (time.perf_counter() - started))
        found[tile] = statistics.median(times)
    return found


def test_every_tile_is_quick(grown, monkeypatch):
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(grown.parent.parent))
    choices = answer("choices", Filters())
    store, service = choices["stores"][0]["store_id"], choices["services"][0]["asin"]
    chosen = {
        "no choice": {},
        "a month": MONTH,
        "a year": {"start": "2025-11-01", "end": "2026-10-31"},
        "a service": MONTH | {"service": service},
        "a store and a service": MONTH | {"store": store, "service": service},
    }
    print()
    for name, query in chosen.items():
        found = milliseconds(grown, monkeypatch, query)
        print(f"{name:22}", "  ".join(f"{tile} {taken:.0f}" for tile, taken in found.items()), "ms")
        assert max(found.values()) < TILE_MILLISECONDS, name


def test_history_costs_nothing_when_the_dates_are_bounded(grown, young, monkeypatch):
    """Four times the history, the same month: side by side in one run."""
    old, new = milliseconds(grown, monkeypatch, MONTH), milliseconds(young, monkeypatch, MONTH)
    print()
    for tile in TILES:
        print(f"{tile:12} {new[tile]:6.0f} ms of three months  {old[tile]:6.0f} ms of a year  {old[tile] / new[tile]:.2f}")
    assert sum(old.values()) / sum(new.values()) < 1.5
