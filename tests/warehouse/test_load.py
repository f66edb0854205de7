"""Packages and their loading: whole or not at all, once, whatever dies when."""

import multiprocessing
import os
import signal
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from include.extract import records
from include.warehouse import database, paths, schema
from include.warehouse.loading import load, packages
from include.warehouse.loading.windows import BACKFILL, JOBS, SLOTS, UPDATED, Window

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


def window(entity=JOBS, start=NOON):
    return Window("seller", "ATVPDKIKX0DER", entity, BACKFILL, UPDATED, start, start + timedelta(hours=1))


def job(name, status, minute, account="seller"):
    return {
        "account": account, "marketplace_id": "ATVPDKIKX0DER", "service_job_id": name,
        "observed_at": NOON + timedelta(minutes=minute),
        "content_hash": status, "service_job_status": status, "has_detail": True,
    }  # fmt: skip


def slot(hour, capacity, minute):
    start = NOON + timedelta(hours=hour)
    return {
        "account": "seller", "marketplace_id": "ATVPDKIKX0DER", "store_id": "store-1", "asin": "B000000001",
        "slot_start_at": start, "slot_end_at": start + timedelta(hours=1), "capacity": capacity,
        "observed_at": NOON + timedelta(minutes=minute),
    }  # fmt: skip


def snapshot(minute, hours=24):
    return {
        "account": "seller", "marketplace_id": "ATVPDKIKX0DER", "store_id": "store-1", "asin": "B000000001",
        "range_start": NOON, "range_end": NOON + timedelta(hours=hours), "observed_at": NOON + timedelta(minutes=minute),
    }  # fmt: skip


def package(the_window=None, **tables):
    """A finished package with these rows."""
    one = packages.begin(the_window or window(), "run-1")
    for table, rows in tables.items():
        (one.data / table).mkdir(parents=True)
        pq.write_table(records.batch(table, rows), one.data / table / "part.parquet")
    one.complete("load-1", pages=1, listed=len(tables.get("service_jobs", [])))
    return one


def load_all():
    with database.connect() as connection:
        return load.load_packages(connection)


def left_on_disk():
    return [file for file in paths.packages_dir().rglob("*") if file.name not in (".lock", "loaded")]


def rows(sql):
    with database.connect() as connection:
        return connection.execute(sql).fetchall()


JOBS_SQL = "select service_job_id, service_job_status, minute(observed_at) from raw.service_jobs order by all"


def test_a_folder_may_have_any_name(warehouse, monkeypatch):
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(warehouse.with_name("O'Brien's tyres")))
    package(service_jobs=[job("a", "HOLD", 1)])
    load_all()
    assert rows(JOBS_SQL) == [("a", "HOLD", 1)]


def test_a_window_tells_how_many_different_jobs_it_has_brought(warehouse):
    package(service_jobs=[job("a", "HOLD", 1), job("a", "HOLD", 2), job("b", "HOLD", 1)])
    load_all()
    package(service_jobs=[job("a", "HOLD", 3)])
    load_all()
    assert rows("select attempt, loaded_jobs from ops.extract_windows order by attempt") == [(1, 2), (2, 1)]


def test_a_package_is_loaded_and_gone(warehouse):
    package(service_jobs=[job("a", "HOLD", 1), job("b", "HOLD", 2)])
    assert load_all()["service_jobs"] == 2
    assert rows(JOBS_SQL) == [("a", "HOLD", 1), ("b", "HOLD", 2)]
    assert packages.waiting() == []
    assert load_all() == {"packages": 0}


def test_only_changes_are_kept(warehouse):
    package(service_jobs=[job("a", "HOLD", 1), job("b", "HOLD", 1)])
    package(window(start=NOON + timedelta(hours=1)), service_jobs=[job("a", "HOLD", 5), job("b", "COMPLETED", 5)])
    package(window(start=NOON + timedelta(hours=2)), service_jobs=[job("b", "HOLD", 9)])
    load_all()
    # `b` went back to what it was: that is a change too
    assert rows(JOBS_SQL) == [("a", "HOLD", 1), ("b", "COMPLETED", 5), ("b", "HOLD", 1), ("b", "HOLD", 9)]


def test_accounts_do_not_mix(warehouse):
    package(service_jobs=[job("a", "HOLD", 1), job("a", "HOLD", 1, account="other")])
    assert load_all()["service_jobs"] == 2


def test_loading_the_same_package_twice_adds_nothing(warehouse, monkeypatch):
    package(service_jobs=[job("a", "HOLD", 1), job("a", "COMPLETED", 2)], quarantined_records=[quarantined()])
    monkeypatch.setattr(packages.Package, "remove", lambda self: None)  # as if it died after the commit
    load_all()
    before = (
        rows(JOBS_SQL),
        rows("select * exclude (loaded_at) from ops.extract_windows"),
        rows("select * from ops.quarantined_records"),
    )
    load_all()
    assert (
        rows(JOBS_SQL),
        rows("select * exclude (loaded_at) from ops.extract_windows"),
        rows("select * from ops.quarantined_records"),
    ) == before


def quarantined():
    return {
        "account": "seller", "entity": "jobs", "record_key": "a", "field": "createTime", "reason": "not a time",
        "payload": '"soon"', "observed_at": NOON,
    }  # fmt: skip


def test_the_same_finding_is_told_once(warehouse):
    package(quarantined_records=[quarantined()])
    package(
        window(start=NOON + timedelta(hours=1)), quarantined_records=[quarantined() | {"observed_at": NOON + timedelta(days=1)}]
    )
    load_all()
    assert rows("select record_key, field, observed_at from ops.quarantined_records") == [("a", "createTime", NOON)]


def test_a_failed_window_leaves_its_row(warehouse):
    packages.begin(window(), "run-1").fail("ServiceUnavailable: 503", requests=7)
    load_all()
    package(service_jobs=[job("a", "HOLD", 1)])
    load_all()
    assert rows("select attempt, status, requests, error from ops.extract_windows order by attempt") == [
        (1, "failed", 7, "ServiceUnavailable: 503"),
        (2, "complete", None, None),
    ]


def test_a_running_window_is_seen_and_then_replaced(warehouse):
    one = packages.begin(window(), "run-1")
    load_all()
    assert rows("select attempt, status from ops.extract_windows") == [(1, "running")]
    one.complete("load-1")
    load_all()
    assert rows("select attempt, status from ops.extract_windows") == [(1, "complete")]


def _die_while_reading():
    one = packages.begin(window(), "run-1")
    one.spool("service_jobs", records.batch("service_jobs", [job("a", "HOLD", 1)]))
    os.kill(os.getpid(), signal.SIGKILL)


def die_while_reading():
    process = multiprocessing.get_context("fork").Process(target=_die_while_reading)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def test_the_next_attempt_goes_on_from_one_that_was_killed(warehouse):
    die_while_reading()
    second = packages.begin(window(), "run-2")
    assert [(table, batch["service_job_id"].to_pylist()) for table, batch in second.spooled()] == [("service_jobs", ["a"])]
    second.complete("load-1")
    load_all()
    assert rows("select attempt, status, run_id from ops.extract_windows order by attempt") == [
        (1, "failed", "run-1"),
        (2, "complete", "run-2"),
    ]


def test_a_killed_attempt_that_nobody_repeats_is_told(warehouse):
    die_while_reading()
    load_all()
    assert rows("select status, error from ops.extract_windows") == [("failed", packages.INTERRUPTED)]
    assert packages.waiting() == []


@pytest.mark.parametrize("loaded_between", [False, True])
def test_the_next_attempt_goes_on_from_one_that_failed(warehouse, loaded_between):
    first = packages.begin(window(), "run-1")
    first.spool("service_jobs", records.batch("service_jobs", [job("a", "HOLD", 1)]))
    first.fail("ServiceUnavailable: 503")
    if loaded_between:
        load_all()
    second = packages.begin(window(), "run-2")
    assert [(table, batch["service_job_id"].to_pylist()) for table, batch in second.spooled()] == [("service_jobs", ["a"])]
    # what it has may be as old as the attempt that read it
    assert second.row["observed_since"] == first.row["started_at"] < second.row["started_at"]
    second.complete("load-1")
    load_all()
    assert rows("select attempt, status from ops.extract_windows order by attempt") == [(1, "failed"), (2, "complete")]
    assert left_on_disk() == []


def test_what_nobody_goes_on_from_is_removed_after_a_day(warehouse, monkeypatch):
    first = packages.begin(window(), "run-1")
    first.spool("service_jobs", records.batch("service_jobs", [job("a", "HOLD", 1)]))
    first.fail("ServiceUnavailable: 503")
    load_all()
    assert packages.loaded()[0].has_spool
    monkeypatch.setattr(packages, "SPOOL_KEPT", timedelta(0))
    load_all()
    assert left_on_disk() == []


def test_a_reader_that_finishes_while_the_loader_looks_has_finished(warehouse):
    one = packages.begin(window(), "run-1")
    (seen_by_the_loader,) = packages.waiting()
    one.complete("load-1")
    assert not seen_by_the_loader.take_over()
    assert seen_by_the_loader.row["status"] == "complete"


def test_a_package_is_never_seen_without_its_lock(warehouse, monkeypatch):
    """The loader may look at any moment of `begin`: here whenever something gets its name."""
    looked = []

    def look(step):
        def and_do(*args, **kwargs):
            result = step(*args, **kwargs)
            looked.extend(package.take_over() for package in packages.waiting())
            return result

        return and_do

    monkeypatch.setattr(packages.Path, "rename", look(packages.Path.rename))
    one = packages.begin(window(), "run-1")
    assert looked and not any(looked)
    one.complete("load-1")


def test_a_removal_that_died_is_finished(warehouse, monkeypatch):
    package(service_jobs=[job("a", "HOLD", 1)])
    with monkeypatch.context() as patch:
        patch.setattr(packages.shutil, "rmtree", lambda folder: (_ for _ in ()).throw(OSError("killed")))
        with pytest.raises(OSError, match="killed"):
            load_all()
    assert packages.waiting() == []
    load_all()
    assert left_on_disk() == []
    assert rows(JOBS_SQL) == [("a", "HOLD", 1)]


def test_two_readers_of_one_window_do_not_meet(warehouse):
    first = packages.begin(window(), "run-1")
    with pytest.raises(packages.WindowBusy, match="being read by another process"):
        packages.begin(window(), "run-2")
    first.complete("load-1")
    packages.begin(window(), "run-2").complete("load-1")


@pytest.mark.parametrize("step", ["fail", "complete", "inherit"])
def test_a_full_disk_does_not_leave_a_window_locked(warehouse, monkeypatch, step):
    """The process lives on, and reads the window again when there is room."""

    def full(*_):
        raise OSError("No space left on device")

    before = packages.begin(window(), "run-1")
    before.spool("service_jobs", pa.table({"service_job_id": ["a"]}))
    with monkeypatch.context() as patch:
        if step == "inherit":
            before.fail("no answer")
            patch.setattr(packages.Package, "inherit", full)
            with pytest.raises(OSError, match="No space"):
                packages.begin(window(), "run-2")
        else:
            patch.setattr("include.warehouse.disk.write_json", full)
            with pytest.raises(OSError, match="No space"):
                getattr(before, step)("why")
    again = packages.begin(window(), "run-2")
    assert [(table, batch["service_job_id"].to_pylist()) for table, batch in again.spooled()] == [("service_jobs", ["a"])]
    again.complete("load-1")
    load_all()
    assert rows("select distinct status from ops.extract_windows order by all") == [("complete",), ("failed",)]


def test_a_loader_that_dies_in_the_middle_loads_nothing(warehouse, monkeypatch):
    package(service_jobs=[job("a", "HOLD", 1)])

    def fail(*_):
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(load, "record_window", fail)
        with pytest.raises(OSError, match="No space"):
            load_all()
    assert rows("select count(*) from raw.service_jobs") == [(0,)]
    assert load_all()["service_jobs"] == 1


def test_slots_keep_changes_and_what_vanished(warehouse):
    package(window(SLOTS), appointment_slots=[slot(0, 2, 0), slot(1, 2, 0)], appointment_slot_snapshots=[snapshot(0)])
    load_all()
    package(window(SLOTS), appointment_slots=[slot(0, 2, 5)], appointment_slot_snapshots=[snapshot(5)])
    load_all()
    history = "select hour(slot_start_at) - 12, capacity, minute(observed_at) from raw.appointment_slots order by all"
    assert rows(history) == [(0, 2, 0), (1, 2, 0), (1, None, 5)]
    # the same again changes nothing, and a slot outside the snapshot's range has not vanished
    package(window(SLOTS), appointment_slots=[slot(0, 2, 9)], appointment_slot_snapshots=[snapshot(9)])
    package(window(SLOTS, NOON - timedelta(hours=9)), appointment_slot_snapshots=[snapshot(20, hours=0)])
    assert load_all()["appointment_slots"] == 0
    package(window(SLOTS), appointment_slots=[slot(0, 2, 30), slot(1, 1, 30)], appointment_slot_snapshots=[snapshot(30)])
    load_all()
    assert rows(history) == [(0, 2, 0), (1, 1, 30), (1, 2, 0), (1, None, 5)]


def test_the_example_of_history(warehouse):
    """The module's docstring shows these rows."""
    a, b, c = (packages.begin(window(SLOTS, NOON + timedelta(hours=hour)), "run-1") for hour in range(3))

    def end_and_load(attempt, minute, *slots):
        tables = {
            "appointment_slots": [slot(*pair, minute) for pair in slots],
            "appointment_slot_snapshots": [snapshot(minute, 2)],
        }
        for table, content in tables.items():
            (attempt.data / table).mkdir(parents=True)
            pq.write_table(records.batch(table, content), attempt.data / table / "part.parquet")
        attempt.complete("load-1")
        load_all()
        return rows("select minute(observed_at), hour(slot_start_at) - 12, capacity from raw.appointment_slots order by all")

    assert end_and_load(a, 0, (0, 2), (1, 1)) == [(0, 0, 2), (0, 1, 1)]
    assert end_and_load(c, 20, (0, 2)) == [(0, 0, 2), (0, 1, 1), (20, 1, None)]
    assert end_and_load(b, 10, (0, 3)) == [(0, 0, 2), (0, 1, 1), (10, 0, 3), (10, 1, None), (20, 0, 2)]


def test_a_new_column_reaches_an_old_database(warehouse, monkeypatch):
    load_all()
    monkeypatch.setitem(schema.OPS_TABLES, "freshness", schema.OPS_TABLES["freshness"] | {"new_column": "VARCHAR"})
    load_all()
    assert rows("select new_column from ops.freshness") == []
