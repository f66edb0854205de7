"""What is known of an appointment that was moved: whether that was after its window, and whose fault it was."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.dbt_project.raw_rows import US, appointment, job
from tests.dbt_project.test_increments import assert_equals_full_refresh

DAY = datetime(2026, 3, 2, tzinfo=UTC)
RESCHEDULE = "rescheduleAppointmentForServiceJobByServiceJobId"
START, END = "2026-03-02T10:00:00Z", 11


def hour(number: float) -> str:
    return (DAY + timedelta(hours=number)).isoformat()


def version(
    name: str, read: float, *, status="ACTIVE", mode="scheduled", filter="updated", since=None, until=None, **fields
) -> dict:
    """A version that a window brought which ended when it was read, and began an hour before."""
    moved = {"rescheduledAppointmentId": "new"} if status == "CANCELLED" else {}
    return job(
        name,
        observed_at=hour(read),
        mode=mode,
        filter=filter,
        window_start=hour(read - 1 if since is None else since),
        window_end=hour(read if until is None else until),
        appointments=[appointment(START, status=status, appointmentId="old", **moved)],
        **fields,
    )


def hours_read(warehouse, first: int, last: int) -> None:
    for number in range(first, last):
        warehouse.add_window(hour(number), hour(number + 1))


MOVED = {
    # the window before has seen it unchanged, and that of the change begins at its end
    "after": ([version("after", 5), version("after", END + 1, status="CANCELLED")], True),
    "a minute too early": (
        [version("a minute too early", 5), version("a minute too early", 11.9, status="CANCELLED")], None,
    ),
    "before": ([version("before", 5), version("before", 11, status="CANCELLED")], False),
    "read later": ([version("read later", 5), version("read later", 14, since=10, until=11, status="CANCELLED")], False),
    # hours 15 to 17 were never read
    "behind a gap": ([version("behind a gap", 5), version("behind a gap", 20, status="CANCELLED")], None),
    "first seen so": ([version("first seen so", 13, status="CANCELLED")], None),
    "by creation": ([version("by creation", 5, filter="created"), version("by creation", 13, status="CANCELLED")], None),
    "of a backfill": (
        [version("of a backfill", 5, mode="backfill"), version("of a backfill", 13, status="CANCELLED", mode="backfill")], True,
    ),
    "with the job": ([version("with the job", 5), version("with the job", 13, service_job_status="CANCELLED")], True),
}  # fmt: skip


@pytest.fixture(scope="module")
def moved(make_warehouse):
    warehouse = make_warehouse("moved")
    hours_read(warehouse, 0, 15)
    hours_read(warehouse, 17, 24)
    warehouse.add_jobs(*(row for rows, _ in MOVED.values() for row in rows))
    warehouse.insert("ops.api_writes", [
        {"account": "a", "service_job_id": name, "appointment_id": "old", "operation": RESCHEDULE, "reason_code": code,
         "outcome": "accepted", "sent_at": hour(12), "write_id": name, "load_id": "w", "marketplace_id": US}
        for name, code in (("after", "RS1"), ("before", "RS4"), ("of a backfill", "RS3"))
    ])  # fmt: skip
    warehouse.build()
    return warehouse


@pytest.mark.parametrize("name", MOVED)
def test_when_it_was_moved(moved, name):
    row = moved.row(f"select * from marts.fct_appointments where service_job_id = '{name}' and appointment_id = 'old'")
    assert row["is_moved_after_window"] is row["is_missed"] is MOVED[name][1]


@pytest.mark.parametrize(
    "name, party, scored, broken",
    [
        ("after", "customer", None, None),
        ("before", "provider", None, None),
        ("of a backfill", "other", False, "missed_then_moved"),
        ("with the job", "unknown", False, "missed_then_moved"),
        ("behind a gap", "unknown", None, None),
    ],
)
def test_who_is_charged(moved, name, party, scored, broken):
    row = moved.row(f"select * from marts.fct_appointments where service_job_id = '{name}' and appointment_id = 'old'")
    assert (row["responsible_party"], row["is_on_time_arrival"], row["fulfillment_break"]) == (party, scored, broken)


def test_cancelled_on_a_day_that_is_known(moved):
    jobs = moved.rows("select * from marts.fct_service_jobs where service_job_id = 'with the job'")
    assert [(str(row["cancelled_date"]), row["responsible_party"]) for row in jobs] == [("2026-03-02", "unknown")]
    (store,) = moved.execute("select sum(jobs_cancelled), sum(jobs_cancelled_by_customer) from marts.agg_store_daily")
    assert store == (1, 0)


def test_live(moved):
    history = "select is_live from marts.fct_appointment_history where appointment_id = 'old' and service_job_id = ?"
    live = {name: [is_live for (is_live,) in moved.execute(f"{history} order by valid_from", [name])] for name in MOVED}
    assert live["after"] == [True, True]
    assert live["of a backfill"] == [False, False]
    assert live["by creation"] == [False, True]


def test_a_gap_that_is_read_later_tells_it(make_warehouse, tmp_path):
    warehouse = make_warehouse("gap")
    hours_read(warehouse, 0, 12)
    hours_read(warehouse, 13, 24)
    warehouse.add_jobs(version("a", 5), version("a", 20, status="CANCELLED"), version("other", 20))
    warehouse.build_untested()
    known = "select is_moved_after_window from marts.fct_appointments where service_job_id = 'a'"
    assert warehouse.execute(known) == [(None,)]
    warehouse.add_window(hour(12), hour(13), mode="backfill")
    warehouse.build_untested("--select", "+fct_appointments")  # as if killed then
    warehouse.build_untested()
    assert warehouse.execute(known) == [(True,)]
    assert_equals_full_refresh(warehouse, tmp_path / "refreshed")


def test_an_earlier_cancellation_moves_the_date(make_warehouse, tmp_path):
    warehouse = make_warehouse("cancelled")
    hours_read(warehouse, 0, 72)
    warehouse.add_jobs(version("a", 5), version("a", 60, service_job_status="CANCELLED"))
    warehouse.build_untested()
    days = "select service_date::varchar from marts.agg_store_daily where jobs_cancelled > 0"
    assert warehouse.execute(days) == [("2026-03-04",)]
    warehouse.execute("delete from raw.service_jobs where observed_at = ?", [hour(60)])
    warehouse.add_jobs(version("a", 30, service_job_status="CANCELLED"))
    warehouse.build_untested()
    assert warehouse.execute(days) == [("2026-03-02",)]
    assert_equals_full_refresh(warehouse, tmp_path / "refreshed")
