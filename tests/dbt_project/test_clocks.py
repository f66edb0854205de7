"""Marts of a warehouse that was filled by a clock that was ahead: they recover, also where only what changed is built."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from include.warehouse import database
from include.warehouse.loading import future_times
from tests.dbt_project.raw_rows import appointment, job
from tests.dbt_project.test_increments import assert_equals_full_refresh

STATUS = "select job_status from marts.fct_service_jobs where service_job_id = 'a'"


def test_as_of_never_lies_past_what_was_begun(make_warehouse):
    warehouse = make_warehouse("ledger")
    warehouse.add_window("2026-03-01T00:00:00Z", "2026-03-01T06:00:00Z", started_at="2026-03-01T06:02:00Z")
    warehouse.add_window("2026-03-01T05:55:00Z", "2029-12-31T23:58:00Z", started_at="2026-03-01T07:02:00Z")
    warehouse.add_window("2029-03-01T00:00:00Z", "2029-03-01T06:00:00Z", started_at="2026-03-01T07:02:00Z", mode="backfill")
    warehouse.add_jobs(job("a", appointments=[appointment("2026-03-02T10:00:00Z")]))
    warehouse.build_untested()
    assert warehouse.execute("select as_of from intermediate.int_as_of") == [(datetime(2026, 3, 1, 7, 2, tzinfo=UTC),)]
    assert warehouse.execute("select watermark from ops.watermarks") == [(datetime(2026, 3, 1, 7, 2, tzinfo=UTC),)]
    # with the clock of 2029 it was a no-show
    assert warehouse.execute("select outcome from marts.fct_appointments") == [("upcoming",)]


def test_what_is_read_after_the_clock_was_set_is_current(make_warehouse, tmp_path):
    warehouse, now = make_warehouse("ahead"), datetime.now(UTC)
    warehouse.add_window("2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z")
    warehouse.add_jobs(job("a", service_job_status="CREATED", observed_at="2026-03-02T00:00:00Z"))
    warehouse.add_jobs(
        job("a", service_job_status="HOLD", observed_at=now + timedelta(days=300)),
        job("a", service_job_status="NOT_SERVICED", observed_at=now + timedelta(days=301)),
    )
    warehouse.build_untested()
    waiting = SimpleNamespace(row={"observed_since": (now - timedelta(minutes=1)).isoformat(), "finished_at": now.isoformat()})
    with database.connect(warehouse.directory / "build.duckdb") as connection:
        assert future_times.mend(connection, [waiting]) == 2
    warehouse.add_jobs(job("a", service_job_status="COMPLETED", observed_at=now))
    warehouse.build_untested()
    assert warehouse.execute(STATUS) == [("COMPLETED",)]
    periods = warehouse.execute("select job_status, is_current from marts.fct_job_status_history order by valid_from")
    assert periods == [("CREATED", False), ("HOLD", False), ("NOT_SERVICED", False), ("COMPLETED", True)]
    assert_equals_full_refresh(warehouse, tmp_path / "refreshed")
