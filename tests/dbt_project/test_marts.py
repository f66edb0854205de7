"""The marts of one hand-made warehouse, built once: each test reads what became of its own rows."""

from datetime import date
from decimal import Decimal

import pytest

from tests.dbt_project.raw_rows import US, appointment, job, utc


@pytest.fixture
def warehouse(warehouse_with_marts):
    return warehouse_with_marts


def appointments_of(warehouse, service_job_id: str) -> list[dict]:
    return warehouse.rows(
        f"select * from marts.fct_appointments where service_job_id = '{service_job_id}' order by sequence_in_job"
    )


def test_the_grace_belongs_to_on_time(warehouse):
    (grace,), (late,) = appointments_of(warehouse, "grace"), appointments_of(warehouse, "late")
    assert (grace["is_on_time_arrival"], grace["lateness_band"], grace["arrival_delay_minutes"]) == (True, "on_time", 15)
    assert (late["is_on_time_arrival"], late["lateness_band"], late["arrival_delay_minutes"]) == (False, "late_up_to_30", 15)
    assert (grace["is_completed_in_window"], grace["fulfillment_break"]) == (True, None)
    assert (late["is_completed_in_window"], late["fulfillment_break"]) == (False, "late_completion")


@pytest.mark.parametrize(
    ("service_job_id", "outcome"),
    [("missed", "no_show"), ("not yet missed", "awaiting_proof"), ("declined", "upcoming"), ("unproven", "unproven"),
     ("unfulfillable", "unfulfillable"), ("unreadable", "upcoming"), ("nowhere", "upcoming")],
)  # fmt: skip
def test_outcome(warehouse, service_job_id, outcome):
    assert {row["outcome"] for row in appointments_of(warehouse, service_job_id)} == {outcome}


def test_chain_of_reschedules_is_followed_in_both_directions(warehouse):
    links = [
        (row["appointment_id"], row["replaces_appointment_id"], row["replaced_by_appointment_id"], row["outcome"])
        for row in appointments_of(warehouse, "moved")
    ]
    assert links == [
        ("m1", None, "m2", "rescheduled"),
        ("m2", "m1", "m3", "rescheduled"),
        ("m3", "m2", None, "upcoming"),
        ("moved#4", None, "elsewhere", "rescheduled"),
    ]


def test_reschedules_count_on_the_date_that_was_moved(warehouse):
    days = warehouse.rows(
        "select * from marts.agg_store_daily where store_id = 'S-moved' and appointments > 0 order by service_date"
    )
    assert [(day["service_date"], day["reschedules"]) for day in days] == [
        (date(2026, 3, 1), 1), (date(2026, 3, 2), 1), (date(2026, 3, 3), 0),
    ]  # fmt: skip


def test_an_appointment_counts_for_each_technician_and_once_for_the_store(warehouse):
    technicians = warehouse.rows("select * from marts.agg_technician_daily where technician_id in ('T7', 'T8')")
    assert [(row["appointments"], row["on_time"], row["on_time_rate"]) for row in technicians] == [(1, 1, 1.0)] * 2
    assert warehouse.row("select * from marts.agg_store_daily where store_id = 'S-two' and appointments > 0")["on_time"] == 1


def test_a_rate_is_unknown_where_nothing_was_scored(warehouse):
    days = warehouse.rows("select scored, on_time_rate, no_show_rate, minutes_on_site from marts.agg_technician_daily")
    assert {day["scored"] > 0 for day in days} == {True, False}
    for day in days:
        assert (day["on_time_rate"] is None, day["no_show_rate"] is None) == (day["scored"] == 0,) * 2
        assert day["minutes_on_site"] is not None


def test_a_technicians_day_without_anything_scored(make_warehouse):
    warehouse = make_warehouse("unscored")
    at = "2026-03-01T20:00:00Z"
    warehouse.add_jobs(
        job("called off", appointments=[appointment(at, status="CANCELLED", technicians=("T1", "T2"))]),
        job("done", appointments=[appointment(at, arrived=at, on_site=45, technicians=("T2",))]),
        job("done by nobody that is known", appointments=[appointment(at, arrived=at, technicians=())]),
    )
    warehouse.add_window("2026-02-27T00:00:00Z", "2026-03-02T00:00:00Z")
    warehouse.build_untested()
    columns = ("technician_id", "appointments", "scored", "on_time", "on_time_rate", "minutes_on_site")
    days = warehouse.rows(f"select {', '.join(columns)} from marts.agg_technician_daily order by technician_id")
    assert [tuple(day.values()) for day in days] == [("T1", 1, 0, 0, None, 0), ("T2", 2, 1, 1, 1.0, 45)]


def test_service_date_is_local_across_both_changes_of_the_clock(warehouse):
    rows = warehouse.rows("select * from marts.fct_appointments where store_id = 'S-days' order by scheduled_start_at")
    dates = [(3, 7), (3, 8), (3, 8), (3, 8), (10, 31), (11, 1), (11, 2)]
    assert [row["service_date"] for row in rows] == [date(2026, month, day) for month, day in dates]


def test_service_date_of_other_time_zones(warehouse):
    assert [row["service_date"] for row in appointments_of(warehouse, "berlin")] == [date(2026, 3, 2)]
    assert [row["service_date"] for row in appointments_of(warehouse, "india")] == [date(2026, 3, 1), date(2026, 3, 2)]
    (nowhere,) = appointments_of(warehouse, "nowhere")
    assert (nowhere["time_zone"], nowhere["service_date"], nowhere["job_status"]) == (None, None, "NEW_STATUS")


def test_an_unreadable_time_leaves_the_rest(warehouse):
    for row in appointments_of(warehouse, "unreadable"):
        assert (row["scheduled_start_at"], row["scheduled_end_at"], row["service_date"]) == (None, None, None)
        assert (row["is_on_time_arrival"], row["lead_time_hours"], row["asin"]) == (None, None, "B01")


def test_service_job_totals(warehouse):
    completed = warehouse.row("select * from marts.fct_service_jobs where service_job_id = 'completed'")
    assert completed["completed_at"] == utc("2026-03-02T16:30:00")
    assert (completed["serviced_count"], completed["is_first_visit_resolution"]) == (2, False)
    assert (completed["hours_to_first_appointment"], completed["hours_to_completion"]) == (3.0, 9.5)
    # amounts in several currencies cannot be added
    assert (completed["payment_total"], completed["payment_currency"], completed["buyer_key"]) == (None, None, "key")
    assert (completed["service_type"], completed["completed_date"]) == ("recurring", date(2026, 3, 2))
    unproven = warehouse.row("select * from marts.fct_service_jobs where service_job_id = 'unproven'")
    assert (unproven["completed_at"], unproven["completed_date"]) == (None, date(2026, 3, 2))
    assert (unproven["serviced_count"], unproven["is_first_visit_resolution"]) == (0, None)


def test_demand_and_capacity_of_an_hour(warehouse):
    hours = {
        row["hour_start_at"]: row
        for row in warehouse.rows("select * from marts.fct_demand_capacity_hourly where store_id = 'S1'")
    }
    observed, blocked = hours[utc("2026-03-02T10:00:00")], hours[utc("2026-03-02T11:00:00")]
    assert (observed["encumbered_capacity"], observed["utilization"]) == (2, 0.5)
    assert (blocked["booked_starts"], blocked["utilization"]) == (1, None)
    wanted = hours[utc("2026-03-05T10:00:00")]
    assert (wanted["preferred_starts"], wanted["booked_starts"], wanted["scheduled_capacity"]) == (1, 0, None)
    assert wanted["booked_minutes"] == 0
    overlapping = hours[utc("2026-03-02T19:00:00")]
    assert (overlapping["booked_appointments"], overlapping["booked_starts"]) == (2, 1)
    assert 60 < overlapping["booked_minutes"] <= 120


def test_history_tells_from_when_to_when(warehouse):
    statuses = warehouse.rows("select * from marts.fct_job_status_history where service_job_id = 'versions' order by valid_from")
    assert [(row["job_status"], row["valid_from"], row["valid_to"], row["is_current"]) for row in statuses] == [
        ("NOT_SERVICED", utc("2026-03-01T00:30:00"), utc("2026-03-01T03:00:00"), False),
        ("HOLD", utc("2026-03-01T03:00:00"), None, True),
    ]
    moves = warehouse.rows("select * from marts.fct_appointment_history where service_job_id = 'versions' order by valid_from")
    assert [(row["scheduled_start_at"], row["valid_from"], row["valid_to"]) for row in moves] == [
        (utc("2026-03-04T10:00:00"), utc("2026-03-01T00:30:00"), utc("2026-03-01T02:00:00")),
        (utc("2026-03-05T10:00:00"), utc("2026-03-01T02:00:00"), utc("2026-03-01T03:00:00")),
    ]
    current = warehouse.row("select * from marts.fct_service_jobs where service_job_id = 'versions'")
    assert current["first_observed_at"] == utc("2026-03-01T00:30:00")
    assert current["last_observed_at"] == utc("2026-03-01T03:00:00")


def test_items_that_come_after_the_technician(warehouse):
    items = warehouse.rows("select * from marts.fct_job_items where service_job_id = 'item' order by item_position")
    assert [(item["asin"], item["is_item_late_for_appointment"]) for item in items] == [("B9", True), ("B8", False)]


def test_the_morning_list(warehouse):
    actions = warehouse.rows("select * from marts.rpt_jobs_needing_action")
    due = {(row["service_job_id"], row["action"]): (row["due_at"], row["overdue_hours"]) for row in actions}
    assert due["waiting", "confirm_preferred_time"] == (utc("2026-03-03T10:30:00"), 0.0)
    assert due["waiting too long", "offer_new_time"] == (utc("2026-03-02T10:30:00"), 13.5)
    assert due["waiting for a time", "schedule_appointment"] == (utc("2026-03-02T12:00:00"), 12.0)
    assert sum(row["service_job_id"].startswith("waiting") for row in actions) == 4
    assert due["unproven", "obtain_proof"] == (utc("2026-03-03T11:00:00"), 0.0)
    assert due["not yet missed", "obtain_proof"] == (utc("2026-03-03T20:00:00"), 0.0)
    assert due["item", "assign_technician"] == (utc("2026-03-03T10:00:00"), 0.0)
    assert due["item", "item_late"] == (utc("2026-03-04T10:00:00"), 0.0)
    assert due["grace", "close_job"] == (utc("2026-03-03T10:45:00"), 0.0)
    assert due["missed", "chase_no_show"][0] == utc("2026-03-02T19:59:59")
    assert {row["service_job_id"] for row in actions if row["is_stale"]} == {"waiting for months"}
    assert all(row["service_title"] == "Assembly" for row in actions)
    assert {row["store_name"] for row in actions if row["service_job_id"] == "missed"} == {"S1"}


def test_the_weekly_scorecard(warehouse):
    week = warehouse.row(f"""
        select * from marts.agg_account_weekly where marketplace_id = '{US}' and week_start_date = '2026-03-02'
    """)
    assert (week["completed_jobs"], week["resolved_jobs"], week["first_visit_resolutions"]) == (3, 2, 1)
    assert week["first_visit_resolution_rate"] == 0.5
    # of the payments, those in the marketplace's currency
    assert (week["payment_total"], week["payment_currency"], week["is_settled"]) == (Decimal("100.5"), "USD", False)
    payments = warehouse.execute("select store_id, currency, jobs, payments, amount from marts.agg_payments_weekly order by all")
    assert payments == [
        ("S-completed", "EUR", 1, 1, Decimal("9.5")), ("S-completed", "USD", 1, 1, Decimal("80.5")),
        ("S1", "USD", 1, 1, Decimal(20)),
    ]  # fmt: skip
    assert week["no_show_rate"] == week["no_shows"] / week["scored"]


def test_every_reason_code_of_the_guide_is_a_row_of_where_it_is_valid(warehouse):
    valid = "select country_code, service_type from marts.dim_reason_code where kind = '{}' and code = '{}' order by all"
    assert warehouse.execute(valid.format("reschedule", "RS12")) == [
        ("DE", "default"), ("IN", "default"), ("IN", "heavy_bulk"), ("UK", "default"), ("UK", "heavy_bulk"),
    ]  # fmt: skip
    assert warehouse.execute(valid.format("cancel", "S28")) == [(None, None)]
    codes = warehouse.execute("select kind, count(distinct code) from marts.dim_reason_code group by kind order by kind")
    assert codes == [("cancel", 55), ("reschedule", 19)]


@pytest.mark.parametrize(
    ("service_job_id", "statuses", "appointments", "observed"),
    [
        ("list last", ["NOT_SERVICED", "HOLD"], ["l1"], (0, 2)),
        ("list first", ["NOT_SERVICED", "HOLD"], ["f1"], (0, 2)),
        ("list between", ["NOT_SERVICED"], ["b1"], (0, 0)),
        ("list alone", ["NOT_SERVICED"], ["list alone#1"], (0, 0)),
    ],
)  # fmt: skip
def test_a_version_without_its_detail_tells_its_status_and_takes_nothing_away(
    warehouse, service_job_id, statuses, appointments, observed
):
    of_the_job = f"where service_job_id = '{service_job_id}'"
    assert [row["appointment_id"] for row in appointments_of(warehouse, service_job_id)] == appointments
    (job,) = warehouse.rows(f"select * from marts.fct_service_jobs {of_the_job}")
    assert (job["job_status"], job["store_id"], job["service_title"]) == (statuses[-1], "S-list", "Assembly")
    assert (job["first_observed_at"].hour, job["last_observed_at"].hour) == observed
    history = warehouse.rows(f"select job_status from marts.fct_job_status_history {of_the_job} order by valid_from")
    assert [row["job_status"] for row in history] == statuses
    moves = warehouse.rows(f"select appointment_id from marts.fct_appointment_history {of_the_job}")
    assert [row["appointment_id"] for row in moves] == appointments


def test_the_schedule_of_technicians(warehouse):
    # as_of is 2026-03-03 00:00, 16:00 of 2 March in Los Angeles
    stops = warehouse.rows("select * from marts.rpt_technician_schedule where account = 'a' order by all")
    dates = {row["service_date"] for row in stops if row["marketplace_id"] == US}
    assert dates == {date(2026, 3, day) for day in (2, 3, 4, 7, 8)}
    by_job = {(row["service_job_id"], row["technician_id"]): row for row in stops}
    assert {"T7", "T8"} == {technician for name, technician in by_job if name == "two technicians"}
    unassigned = by_job["item", None]
    assert (unassigned["stop_number"], unassigned["gap_minutes"], unassigned["is_double_booked"]) == (None, None, False)
    assert (unassigned["store_name"], unassigned["technician_name"]) == ("S1", None)
    local = by_job["item", None]["scheduled_start_local"], by_job["item", None]["scheduled_end_local"]
    assert [each.isoformat() for each in local] == ["2026-03-04T02:00:00", "2026-03-04T03:00:00"]
    assert [row["appointment_id"] for row in stops if row["service_job_id"] == "moved"] == ["m3"]
    assert by_job["unproven", "T1"]["outcome"] == "unproven" and ("unfulfillable", "T1") not in by_job
    numbers = [row["stop_number"] for row in stops if row["technician_id"] == "T1" and row["service_date"] == date(2026, 3, 2)]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    missed, unmissed = by_job["missed", "T1"], by_job["not yet missed", "T1"]
    assert (missed["is_double_booked"], unmissed["overlap_minutes"], unmissed["gap_minutes"]) == (True, 59, 0)


def test_the_schedule_is_in_local_time_when_summer_time_begins(warehouse):
    days = warehouse.execute("""
        select service_date, scheduled_start_local from marts.rpt_technician_schedule
        where store_id = 'S-days' order by scheduled_start_at
    """)
    assert [(day.day, f"{start:%d %H:%M}") for day, start in days] == [
        (7, "07 23:30"), (8, "08 00:30"), (8, "08 03:30"), (8, "08 23:30"),
    ]  # fmt: skip
