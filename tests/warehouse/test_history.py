"""Packages come in any order; what `raw` holds in the end depends on what was observed alone."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.extract import records
from include.warehouse import times
from include.warehouse.loading import load, packages
from include.warehouse.loading.windows import BACKFILL, JOBS, SLOTS, UPDATED, Window

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
PROPERTY = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


@dataclass
class Reading:
    """One package: begun at `since`, ended at `until`; `seen` are (minute, {name: content}), a snapshot where it is of slots."""

    since: int
    until: int
    seen: list = field(default_factory=list)


@st.composite
def orders(draw, contents) -> tuple[list[Reading], list[int]]:
    """Readings that overlap at random, and how many of them the loader finds each time it comes, in the order of their ends."""
    readings = []
    for _ in range(draw(st.integers(2, 5))):
        since = draw(st.integers(0, 20))
        until = draw(st.integers(since, 30))
        minutes = draw(st.lists(st.integers(since, until), max_size=3, unique=True))
        readings.append(Reading(since, until, [(minute, draw(contents)) for minute in minutes]))
    visits = draw(st.lists(st.integers(0, 30), max_size=6))
    return readings, visits


def replay(readings: list[Reading], visits: list[int], entity: str, monkeypatch) -> duckdb.DuckDBPyConnection:
    """Let the readings and the loader's visits happen at their minutes."""
    connection, open_packages = duckdb.connect(), {}
    connection.execute("set timezone = 'UTC'")
    events = [(one.since, 0, number) for number, one in enumerate(readings)]
    events += [(one.until, 1, number) for number, one in enumerate(readings)]
    events += [(minute, 2, 0) for minute in visits]
    for minute, kind, number in sorted(events):
        # several things of one minute follow each other
        now = at(minute).isoformat(timespec="microseconds")
        monkeypatch.setattr(times, "now", lambda clock=None, now=now: now)
        if kind == 0:
            start = NOON + timedelta(days=number)
            window = Window("seller", "ATVPDKIKX0DER", entity, BACKFILL, UPDATED, start, start)
            open_packages[number] = packages.begin(window, f"run-{number}")
        elif kind == 1:
            write(open_packages[number], readings[number], entity)
            open_packages[number].complete(f"load-{number}")
        else:
            load.load_packages(connection)
    load.load_packages(connection)
    assert packages.waiting() == packages.loaded() == []
    return connection


def write(package, reading: Reading, entity: str) -> None:
    tables = {"service_jobs": []} if entity == JOBS else {"appointment_slots": [], "appointment_slot_snapshots": []}
    about = {"account": "seller", "marketplace_id": "ATVPDKIKX0DER"}
    service = about | {"store_id": "store-1", "asin": "B000000001"}
    for minute, contents in reading.seen:
        now = {"observed_at": at(minute)}
        for name, content in contents.items():
            if entity == JOBS:
                tables["service_jobs"].append(about | now | {"service_job_id": name, "content_hash": content})
            else:
                times = {"slot_start_at": at(name), "slot_end_at": at(name + 60)}
                tables["appointment_slots"].append(service | now | times | {"capacity": content})
        if entity == SLOTS:
            ranged = {"range_start": NOON, "range_end": NOON + timedelta(days=1)}
            tables["appointment_slot_snapshots"].append(service | now | ranged)
    for table, rows in tables.items():
        if rows:
            (package.data / table).mkdir(parents=True)
            pq.write_table(records.batch(table, rows), package.data / table / "part.parquet")


def changes(observed: list[tuple[str, datetime, object]]) -> list[tuple]:
    """Of each name, in time, what differs from the one before. Of several of one instant the greatest counts."""
    result = []
    for name, those in groupby(sorted(observed, key=itemgetter(0, 1)), key=itemgetter(0)):
        before = object()
        for instant, same in groupby(those, key=itemgetter(1)):
            content = max(each[2] for each in same)
            if content != before:
                result.append((name, instant, content))
            before = content
    return result


@PROPERTY
@given(orders(st.dictionaries(st.sampled_from("ab"), st.sampled_from("XYZ"), max_size=2)))
def test_jobs_in_any_order(tmp_path_factory, monkeypatch, drawn):
    readings, visits = drawn
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(tmp_path_factory.mktemp("warehouse")))
    with replay(readings, visits, JOBS, monkeypatch) as connection:
        kept = connection.execute(
            "select service_job_id, observed_at, content_hash from raw.service_jobs order by all"
        ).fetchall()
    seen = [(name, at(minute), content) for one in readings for minute, found in one.seen for name, content in found.items()]
    assert kept == changes(seen)


@PROPERTY
@given(orders(st.dictionaries(st.sampled_from([0, 60]), st.integers(1, 3), max_size=2)))
def test_slots_in_any_order(tmp_path_factory, monkeypatch, drawn):
    readings, visits = drawn
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(tmp_path_factory.mktemp("warehouse")))
    with replay(readings, visits, SLOTS, monkeypatch) as connection:
        kept = connection.execute("""
            select date_diff('minute', timestamptz '2026-10-01 12:00:00Z', slot_start_at), observed_at, coalesce(capacity, 0)
            from raw.appointment_slots order by all
        """).fetchall()
        assert connection.execute("select count(*) from raw.appointment_slots where _dlt_load_id is null").fetchone() == (0,)
    # a snapshot without a slot says that it has gone, where it had been there before
    minutes = [(minute, found) for one in readings for minute, found in one.seen]
    expected = changes([(name, at(minute), found.get(name, 0)) for minute, found in minutes for name in (0, 60)])
    first = {name: min((at(minute) for minute, found in minutes if name in found), default=None) for name in (0, 60)}
    assert kept == [row for row in expected if first[row[0]] and row[1] >= first[row[0]]]


def test_what_was_left_out_for_being_unchanged_comes_back(warehouse, monkeypatch):
    """A@1, a B@2 that is loaded last, A@3 that looked unchanged."""
    readings = [Reading(1, 1, [(1, {"a": "A"})]), Reading(2, 9, [(2, {"a": "B"})]), Reading(3, 3, [(3, {"a": "A"})])]
    with replay(readings, [4], JOBS, monkeypatch) as connection:
        kept = connection.execute("select minute(observed_at), content_hash, _dlt_load_id from raw.service_jobs order by 1")
        # what comes back came with the late package: whoever goes by load ids learns of it
        assert kept.fetchall() == [(1, "A", "load-0"), (2, "B", "load-1"), (3, "A", "load-1")]


@pytest.mark.parametrize("late", [False, True])
def test_a_package_is_kept_only_while_an_earlier_one_is_to_come(warehouse, monkeypatch, late):
    readings = [Reading(1, 2, [(1, {"a": "A"})]), Reading(0 if late else 3, 9)]
    seen = []
    original = packages.tidy
    monkeypatch.setattr(packages, "tidy", lambda: (original(), seen.append(len(packages.loaded()))))
    replay(readings, [4], JOBS, monkeypatch).close()
    assert seen == [1 if late else 0, 0]
