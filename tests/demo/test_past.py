"""The demonstration reads its past as scheduled runs would have read it, and names its stores."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import duckdb
import pytest

from include.demo import belongings, past, place, stores
from include.warehouse import database, paths
from include.warehouse.loading.load import load_packages
from tests.local_api import LocalApi, local_api

NOW = datetime(2026, 10, 1, 12, 58, tzinfo=UTC)


@pytest.fixture(scope="module")
def api():
    with local_api(*place.world(NOW)) as running:
        yield running


@pytest.fixture
def short(monkeypatch):
    """A past of five days."""
    monkeypatch.setattr(past, "WEEKS", timedelta(days=5))


def test_stops_lead_to_the_hour_before_now():
    moments = past.stops(NOW)
    assert moments[-1] == NOW - timedelta(hours=1) and moments[-1] - moments[0] == timedelta(weeks=8)
    assert {later - earlier for earlier, later in pairwise(moments)} == {timedelta(days=1)}


def test_the_past_is_live_and_has_capacity_and_writes(warehouse, short, api):
    said: list[str] = []
    past.load(api.url, NOW, said.append)
    assert len(said) == 1
    with database.connect() as connection:
        load_packages(connection)
        check_windows(connection)
        check_versions(connection)
        check_writes(connection, api)
    clock = api.control("GET", "clock")
    assert clock["now"] == "2026-10-01T12:58:00Z" and clock["frozen"]
    assert api.control("GET", "limits")["enforced"]


@pytest.mark.soak
def test_a_past_that_was_read_twice_is_stored_once(warehouse, short, api):
    versions = []
    for _ in range(2):
        past.load(api.url, NOW, lambda line: None)
        with database.connect() as connection:
            load_packages(connection)
            versions.append(connection.execute("select count(*) from raw.service_jobs").fetchall())
            versions.append(connection.execute("select count(*) from ops.api_writes").fetchall())
    assert versions[:2] == versions[2:]


def check_windows(connection: duckdb.DuckDBPyConnection) -> None:
    windows = connection.execute("""
        select entity, mode, status, count(*), max(window_end) filter (entity = 'jobs')
        from ops.extract_windows group by all order by all
    """).fetchall()
    last = NOW - timedelta(hours=1)
    assert [(entity, mode, status, count) for entity, mode, status, count, _ in windows] == [
        ("jobs", "backfill", "complete", 20), ("jobs", "scheduled", "complete", 10),
        ("resource_capacity", "scheduled", "complete", 12),
    ]  # fmt: skip
    assert windows[1][-1] == last


def check_versions(connection: duckdb.DuckDBPyConnection) -> None:
    """Jobs were observed at the stops, and changed between them; every store has capacity of each day."""
    days = connection.execute("select distinct observed_at::date from raw.service_jobs order by 1").fetchall()
    assert [day for (day,) in days] == [(NOW - timedelta(days=ago)).date() for ago in range(5, -1, -1)]
    most = connection.execute(
        "select max(versions) from (select count(*) as versions from raw.service_jobs group by service_job_id)"
    ).fetchone()
    assert most[0] >= 3
    capacity = connection.execute("""
        select count(distinct resource_id), count(distinct slot_start_at::date) from raw.resource_capacity
    """).fetchone()
    assert capacity[0] == place.STORES and capacity[1] >= 6


def check_writes(connection: duckdb.DuckDBPyConnection, api: LocalApi) -> None:
    since = past.stops(NOW)[0]
    expected = api.control("GET", "writes", since=since.isoformat())["writes"]
    rows = connection.execute("""
        select service_job_id, reason_code, sent_at, outcome from ops.api_writes order by sent_at, service_job_id
    """).fetchall()
    assert len(expected) > 5
    assert {(job_id, code) for job_id, code, *_ in rows} == {
        (write["service_job_id"], write["reason_code"]) for write in expected
    }
    assert {outcome for *_, outcome in rows} == {"accepted"}
    assert all(since <= sent_at <= NOW for _, _, sent_at, _ in rows)


def test_stores_have_names(warehouse, api):
    belongings.claim_warehouse(NOW)
    stores.write(api.url)
    with paths.stores_file().open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["store_id"] for row in rows}) == place.STORES
    assert all(row["store_name"] and row["region"] and row["manager"] for row in rows)
    assert len({row["store_name"] for row in rows}) == place.STORES


def test_a_stores_file_of_the_user_stays(warehouse, api):
    belongings.claim_warehouse(NOW)
    paths.stores_file().write_text("marketplace_id,store_id\n")
    stores.write(api.url)
    assert paths.stores_file().read_text() == "marketplace_id,store_id\n"
    place.clean()
    assert paths.stores_file().exists()


@pytest.mark.parametrize("is_edited", [False, True])
def test_clean_removes_the_demos_stores_file_unless_it_was_edited(warehouse, api, is_edited):
    belongings.claim_warehouse(NOW)
    stores.write(api.url)
    if is_edited:
        paths.stores_file().write_text(paths.stores_file().read_text().replace("Grace Okafor", "Ada"))
    place.clean()
    assert paths.stores_file().exists() == is_edited


def test_the_past_is_read_once(warehouse):
    belongings.claim_warehouse(NOW)
    assert not belongings.has_past()
    belongings.claim_past()
    assert belongings.has_past() and belongings.begun() == NOW
