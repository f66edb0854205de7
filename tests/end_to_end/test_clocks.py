"""A machine's clock that is wrong, or is set in the middle of a run: nothing is missed, and no older status outranks a newer."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from include.services_api import ServicesClient
from include.warehouse import database
from include.warehouse.loading import packages
from include.warehouse.loading.load import load_packages
from tests.end_to_end.shifted_clock import ShiftedClock, needs_faketime
from tests.end_to_end.test_kills import check_raw
from tests.local_api import MARKETPLACES, local_api

pytestmark = needs_faketime
READING = "tests.end_to_end.clock_reading"
# the world's clock is the machine's
OPTIONS = ("--seed", "5", "--days", "4", "--marketplaces", "US,CA")


@pytest.fixture
def clock(tmp_path) -> ShiftedClock:
    clock = ShiftedClock(tmp_path / "clock")
    clock.set(0)
    return clock


@pytest.fixture
def api():
    with local_api(*OPTIONS, "--jobs-per-day", "100", "--limits", "off") as api:
        yield api


def rows(query: str) -> list[tuple]:
    with database.connect() as connection:
        load_packages(connection)
        return connection.execute(query).fetchall()


@pytest.mark.parametrize(("minutes", "direction"), [(20, "ahead"), (-20, "behind")])
def test_a_clock_that_is_off_by_twenty_minutes_reads_nothing(warehouse, api, clock, minutes, direction):
    clock.set(minutes * 60)
    for about in (("hour",), ("days", "1"), ("jobs", "a")):
        now = datetime.now(UTC)
        code, output = clock.run(READING, api.url, *about)
        assert code and "include.services_api.errors.ClockWrong: " in output
        last = output.strip().splitlines()[-1]
        assert direction in last and "NTP" in last and "Nothing is read" in last
        assert any(f"the API's clock {now + later:%Y-%m-%d %H:%M}" in last for later in (timedelta(), timedelta(minutes=1)))
        wrong = now + timedelta(minutes=minutes)
        assert any(f"clock shows {wrong + later:%Y-%m-%d %H:%M}" in last for later in (timedelta(), timedelta(minutes=1)))
    assert packages.waiting() == [] and rows("from ops.extract_windows") == [] == rows("from raw.service_jobs")
    # set right, the hour is read
    clock.set(0)
    code, output = clock.run(READING, api.url, "hour")
    assert code == 0, output
    assert {status for (status,) in rows("select status from ops.extract_windows")} == {"complete"}


@pytest.mark.parametrize("seconds", [90, -90])
def test_within_the_tolerance_the_newest_status_is_current(warehouse, api, clock, seconds):
    """Read by a clock that is off, changed, and read again when the clock was set."""
    name = next(
        row["service_job_id"] for row in api.truth()["fct_service_jobs"]
        if row["job_status"] == "PENDING_SCHEDULE" and row["marketplace_id"] == MARKETPLACES[0]
    )  # fmt: skip
    clock.set(seconds)
    began = datetime.now(UTC)
    for about in (("hour",), ("jobs", name)):
        code, output = clock.run(READING, api.url, *about)
        assert code == 0, output
    with ServicesClient(api.account()) as client:
        client.cancel_service_job(name, "S1")
    clock.set(0)
    code, output = clock.run(READING, api.url, "jobs", name)
    assert code == 0, output
    found = rows(
        f"select service_job_status, observed_at from raw.service_jobs where service_job_id = '{name}' order by observed_at"
    )
    assert [status for status, _ in found] == ["PENDING_SCHEDULE", "CANCELLED"]
    assert all(began - timedelta(seconds=3) <= at <= datetime.now(UTC) + timedelta(seconds=3) for _, at in found)
    # and no window ends within the settle lag of the API's clock
    late = rows("from ops.extract_windows where filter = 'updated' and window_end > started_at - interval 119 seconds")
    assert late == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_jumps_in_the_middle_loses_and_doubles_nothing(warehouse, clock, monkeypatch, hours):
    monkeypatch.setenv("SERVICES_BACKFILL_WINDOW_HOURS", "12")
    began = datetime.now(UTC)
    # it stands still, so that all of it is in the range
    world = ("--now", (began - timedelta(minutes=5)).isoformat(), "--frozen", "--limits", "off", "--latency-ms", "60")
    with local_api(*OPTIONS, "--jobs-per-day", "60", *world) as api:
        process = clock.start(READING, api.url, "days", "5")
        while sum(one.row["status"] == packages.COMPLETE for one in packages.waiting()) < 3:
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.05)
        clock.set(hours * 3600)
        output, _ = process.communicate(timeout=300)
        assert process.returncode and "this machine's clock shows" in output, output
        done = rows("select count(*) from ops.extract_windows where status = 'complete'")[0][0]
        clock.set(0)
        code, output = clock.run(READING, api.url, "days", "5")
        assert code == 0, output
        expected = {row["service_job_id"] for row in api.truth()["fct_service_jobs"] if row["marketplace_id"] in MARKETPLACES}
    with database.connect() as connection:
        check_raw(connection)
    assert 3 <= done < rows("select count(*) from ops.extract_windows where status = 'complete'")[0][0]
    assert {name for (name,) in rows("select service_job_id from raw.service_jobs")} == expected
    # what was read while the clock was wrong has its right time
    times = """
        select min(observed_at), max(observed_at) from raw.service_jobs
        union all
        select min(started_at), max(finished_at) from ops.extract_windows
    """
    assert all(began <= first and last <= datetime.now(UTC) for first, last in rows(times))
