"""The two flows: assignments at the limit, stopped and gone on with; schedules that end up equal to their table."""

import csv
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from include.services_api.errors import InvalidParameter
from include.warehouse.journal import api_writes
from include.writes import assignments, schedule_tables, schedules
from include.writes.schedules import timeline
from tests.local_api import local_api
from tests.writes.world import MARKETPLACE, World, active_appointment

ASSIGN = "assignAppointmentResources"


def table(folder: Path, rows: list[dict]) -> str:
    file = folder / "table.csv"
    with file.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(file)


def wanted_assignments(world: World, count: int) -> list[dict]:
    rows = []
    for _ in range(count):
        job = world.job("NOT_SERVICED", active=True)
        able = world.able_technician(job)
        world.unassign(job)
        appointment_id = active_appointment(job)["appointmentId"]
        rows.append({"service_job_id": job["serviceJobId"], "appointment_id": appointment_id, "technician_id": able})
    return rows


def test_refusals_are_reported_and_hold_nobody(world, tmp_path):
    good = wanted_assignments(world, 2)
    closed = world.job("COMPLETED")
    rows = [
        good[0],
        {"service_job_id": "nobody", "appointment_id": "nothing", "technician_id": "A1"},
        {"service_job_id": closed["serviceJobId"], "appointment_id": "any", "technician_id": "A1"},
        good[1] | {"technician_id": "A0NOBODY"},
        {"service_job_id": "", "appointment_id": "any", "technician_id": "A1"},
    ]
    world.api.reset()
    results = list(assignments.assign(world.client, assignments.read(table(tmp_path, rows)), requested_by="me"))
    assert [one.outcome for one in results] == ["accepted", *["refused"] * 4]
    said = [one.why for one in results[1:]]
    for why, part in zip(said, ("No job exists", "its status is COMPLETED", "Invalid resourceId", "1 to 100"), strict=True):
        assert part in why
    # of these, one was found out by Amazon alone
    assert sorted(one["verdict"] for one in world.api.log(operation=ASSIGN)) == ["answered", "refused"]
    told = assignments.report("a run: 1", results)
    assert (told["accepted"], told["refused"]) == (1, 4)
    reported = csv.DictReader(Path(told["report"]).read_text().splitlines())
    assert [row["why"] for row in reported][1:] == said


def test_a_rehearsed_table_sends_nothing(world, tmp_path):
    wanted = assignments.read(table(tmp_path, [{"service_job_id": "a", "appointment_id": "b", "technician_id": "c"},
                                               {"service_job_id": "a", "appointment_id": "b", "technician_id": ""}]))  # fmt: skip
    world.api.reset()
    assert [one.outcome for one in assignments.dry_run(world.client.account, wanted)] == ["refused"]
    assert world.api.log() == []


def test_a_table_is_read_from_csv_parquet_and_duckdb(tmp_path):
    rows = [("j1", "a1", "t1"), ("j1", "a1", "t2"), ("j2", "a2", "t1"), ("j1", "a1", "t1")]
    with duckdb.connect(tmp_path / "d.duckdb") as connection:
        connection.execute(
            "create table wanted (service_job_id varchar, appointment_id varchar, technician_id varchar, note int)"
        )
        connection.executemany("insert into wanted values (?, ?, ?, 1)", rows)
        connection.execute(f"copy wanted to '{tmp_path}/w.csv' (header)")
        connection.execute(f"copy wanted to '{tmp_path}/w.parquet'")
    expected = [
        {"service_job_id": "j1", "appointment_id": "a1", "technician_ids": "t1,t2"},
        {"service_job_id": "j2", "appointment_id": "a2", "technician_ids": "t1"},
    ]
    assert assignments.read(f"{tmp_path}/w.csv") == expected
    assert assignments.read(f"{tmp_path}/w.parquet") == expected
    assert assignments.read(f"{tmp_path}/d.duckdb", "main.wanted") == expected
    for file, wrong, said in (("no.csv", None, "that is there"), ("d.duckdb", "nowhere", "DuckDB can read"),
                              ("d.duckdb", "a; drop", "schema.table")):  # fmt: skip
        with pytest.raises(InvalidParameter, match=said):
            assignments.read(f"{tmp_path}/{file}", wrong)
    with pytest.raises(InvalidParameter, match="without resource_id"):
        schedule_tables.read(f"{tmp_path}/w.csv")


@pytest.fixture
def limited(request, warehouse):
    """A world whose limits are the real ones, with enough jobs."""
    with local_api("--days", "14", "--jobs-per-day", str(request.param), "--marketplaces", "US", "--latency-ms", "100") as api:
        from include.services_api import ServicesClient

        with ServicesClient(api.account()) as client:
            api.control("PUT", "limits", {"enforced": False})
            yield World(api, client)


@pytest.mark.parametrize(
    ("limited", "count"),
    [(60, 14), pytest.param(500, 500, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])],
    indirect=["limited"],
)
def test_assignments_run_at_the_limit_and_can_be_stopped(limited, tmp_path, count):
    """One a second after a burst of two, no 429; stopped in the middle and gone on with, each is sent once."""
    world, rows = limited, wanted_assignments(limited, count)
    wanted = assignments.read(table(tmp_path, rows))
    world.api.control("PUT", "limits", {"enforced": True})
    world.api.reset()
    started = time.monotonic()
    first = assignments.assign(world.client, wanted, requested_by="run")
    made = [next(first) for _ in range(count // 3)]
    first.close()
    sent_before = len(world.api.log(operation=ASSIGN))
    assert count // 3 <= sent_before <= count // 3 + 2 * assignments.THREADS < count
    # another process with the same wish
    results = list(assignments.assign(world.client, wanted, requested_by="run"))
    seconds = time.monotonic() - started
    log = world.api.log(operation=ASSIGN)
    print(f"{count} assignments in {seconds:.1f} s, {len(log)} sent")
    assert [one.outcome for one in made] == ["accepted"] * len(made)
    assert [one.outcome for one in results] == ["accepted"] * count
    assert not [one for one in world.api.log() if one["verdict"] == "throttled"]
    assert sorted(one["path"].split("/")[-2] for one in log) == sorted(row["appointment_id"] for row in rows)
    # at the limit: the bucket of two gives one back a second
    assert count - 3 <= seconds <= count * 1.15 + 5
    # what the jobs show is not sent again, whoever asks
    again = list(assignments.assign(world.client, wanted[:5], requested_by="another run"))
    assert [one.outcome for one in again] == ["unchanged"] * 5
    assert len(world.api.log(operation=ASSIGN)) == count
    assert {api_writes.Attempt(file).outcome for file in api_writes.paths.writes_dir().glob("*.json")} == {"accepted"}


def test_schedules_become_what_the_table_says(world, tmp_path):
    store_id = world.stores[-1]["store_id"]
    day = (datetime.now(UTC) + timedelta(days=3)).replace(hour=6, minute=0, second=0, microsecond=0)
    at = lambda hours: (day + timedelta(hours=hours)).isoformat()  # noqa: E731
    row = {"resource_id": store_id, "start": at(0), "end": at(4), "capacity": "9", "repeat_until": "", "days_of_week": ""}
    rows = [
        row | {"repeat_until": at(24 * 6)},
        # a later row takes the place of an earlier one
        row | {"start": at(26), "end": at(27), "capacity": "11"},
    ]
    wanted = schedule_tables.read(table(tmp_path, rows))
    found = schedules.differences(world.client, wanted, MARKETPLACE, horizon_days=7)
    told = schedules.report("before", found)
    assert told["differences"] > 0 and told["resources"] == [store_id] and told["not_in_the_table"] > 0
    assert {one.wanted for one in found} == {9, 11, None}
    world.api.reset()
    done = schedules.apply(world.client, wanted, told["resources"], requested_by="me", marketplace_id=MARKETPLACE)
    assert [one.outcome for one in done.values()] == ["accepted"]
    assert len(world.api.log(operation="updateSchedule")) == 1
    after = schedules.differences(world.client, wanted, MARKETPLACE, horizon_days=7)
    assert [one for one in after if one.wanted is not None] == []
    # the horizon may lie within a time of the table, at any fraction of a second
    within = day + timedelta(days=-2, hours=1, microseconds=478_777)
    assert {row.wanted for row in schedules.differences(world.client, wanted, MARKETPLACE, horizon_days=7, now=within)} == {None}
    # what the table does not name stays, and is told
    assert schedules.report("after", after)["not_in_the_table"] == told["not_in_the_table"]


def test_a_table_that_breaks_the_rules_is_refused_before_anything_is_read(world, tmp_path):
    start = datetime.now(UTC) + timedelta(days=1)
    row = {"resource_id": "store", "start": start.isoformat(), "end": (start + timedelta(minutes=4)).isoformat(), "capacity": "1"}
    world.api.reset()
    with pytest.raises(InvalidParameter, match="at least 5 minutes"):
        schedules.differences(world.client, schedule_tables.read(table(tmp_path, [row])), MARKETPLACE)
    assert world.api.log() == []
    row["end"] = (start + timedelta(hours=1)).isoformat()
    for column, text in (("capacity", ""), ("start", "monday"), ("resource_id", "")):
        change, said = {column: text}, f"line 2, column {column}"
        with pytest.raises(InvalidParameter, match=said):
            schedule_tables.read(table(tmp_path, [row | change]))


def test_of_times_that_overlap_the_last_one_counts():
    hour = lambda number: datetime(2026, 10, 1, number, tzinfo=UTC)  # noqa: E731
    pieces = timeline([(hour(1), hour(5), 1), (hour(2), hour(3), 2), (hour(4), hour(6), None), (hour(8), hour(9), 4)])
    assert [(start.hour, end.hour, capacity) for start, end, capacity in pieces] == [
        (1, 2, 1), (2, 3, 2), (3, 4, 1), (4, 6, 1), (8, 9, 4),
    ]  # fmt: skip
