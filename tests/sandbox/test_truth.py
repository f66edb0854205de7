"""The truth, against figures worked out by hand from the warehouse's definitions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from include.sandbox.truth import actions, aggregates, schedule, weekly
from include.sandbox.truth.appointments import fct_appointments
from include.sandbox.truth.demand import fct_demand_capacity_hourly
from include.sandbox.truth.frame import Frame
from include.sandbox.truth.jobs import fct_job_items, fct_job_payments, fct_service_job
from include.sandbox.truth.stores import dim_store
from include.sandbox.world.capacity import Capacity
from include.sandbox.world.times import HOUR, from_iso
from tests.sandbox.conftest import NOW, UK, US, Running

FRAME = Frame("account", from_iso(NOW), grace_minutes=15, no_show_minutes=240)
START = "2026-11-02T18:00:00Z"


def job(*appointments: dict, **changed: Any) -> dict[str, Any]:
    return {
        "createTime": "2026-11-01T18:00:00Z",
        "serviceJobId": "J1",
        "serviceJobStatus": "NOT_SERVICED",
        "scopeOfWork": {"asin": "B07MOUNT01", "title": "TV", "quantity": 1, "requiredSkills": ["A", "B"]},
        "marketplaceId": US,
        "storeId": "S1",
        "serviceLocation": {"serviceLocationType": "ONLINE"},
        "appointments": list(appointments),
    } | changed


def appointment(status: str = "ACTIVE", start: str = START, **changed: Any) -> dict[str, Any]:
    time = {"startTime": start, "durationInMinutes": 60}
    return {"appointmentId": "A1", "appointmentStatus": status, "appointmentTime": time} | changed


def poa(start: str | None, minutes: int = 60, **changed: Any) -> dict[str, Any]:
    time = {"appointmentTime": {"startTime": start, "durationInMinutes": minutes}} if start else {}
    return {"uploadTime": NOW, "uploadingTechnician": "T1"} | time | changed


def staff(*names: str) -> list[dict[str, str]]:
    return [{"technicianId": name, "name": name} for name in names]


def only(payload: dict, frame: Frame = FRAME) -> dict[str, Any]:
    (row,) = fct_appointments(payload, frame)
    return row


@pytest.mark.parametrize(
    ("payload", "outcome"),
    [
        (job(appointment("CANCELLED", poa=poa(START)), serviceJobStatus="CANCELLED"), "serviced"),
        (job(appointment("CANCELLED", rescheduledAppointmentId="A9"), serviceJobStatus="CANCELLED"), "rescheduled"),
        (job(appointment("CANCELLED"), serviceJobStatus="COMPLETED"), "cancelled"),
        (job(appointment(), serviceJobStatus="CANCELLED"), "cancelled"),
        (job(appointment("COMPLETED", poa=poa(None))), "unproven"),
        (job(appointment(), serviceJobStatus="COMPLETED"), "unproven"),
        (job(appointment()), "no_show"),
        (job(appointment(), serviceJobStatus="NOT_FULFILLABLE"), "unfulfillable"),
        (job(appointment(), serviceJobStatus="HOLD"), "upcoming"),
        (job(appointment(), serviceJobStatus="PAYMENT_DECLINED"), "upcoming"),
        (job(appointment(start="2026-11-20T18:00:00Z")), "upcoming"),
        # Ends four hours before as_of exactly: not yet past it.
        (job(appointment(start="2026-11-10T07:00:00Z")), "awaiting_proof"),
        (job(appointment(start="2026-11-10T10:59:59Z")), "awaiting_proof"),
        (job(appointment(start="2026-11-10T11:00:00Z")), "upcoming"),
        (job(appointment(start="2026-11-10T06:59:59Z")), "no_show"),
    ],
)
def test_outcome_is_the_first_that_holds(payload: dict, outcome: str) -> None:
    assert only(payload)["outcome"] == outcome


@pytest.mark.parametrize(
    ("arrived", "delay", "band", "on_time"),
    [
        ("2026-11-02T17:29:59Z", -31, "early_over_30", True),
        ("2026-11-02T17:30:00Z", -30, "on_time", True),
        ("2026-11-02T17:59:59Z", -1, "on_time", True),
        ("2026-11-02T18:15:00Z", 15, "on_time", True),
        ("2026-11-02T18:15:01Z", 15, "late_up_to_30", False),
        ("2026-11-02T18:30:00Z", 30, "late_up_to_30", False),
        ("2026-11-02T18:30:01Z", 30, "late_up_to_60", False),
        ("2026-11-02T19:00:00Z", 60, "late_up_to_60", False),
        ("2026-11-02T19:00:01Z", 60, "late_over_60", False),
    ],
)
def test_lateness_turns_at_its_borders(arrived: str, delay: int, band: str, on_time: bool) -> None:
    row = only(job(appointment("COMPLETED", poa=poa(arrived))))
    assert (row["arrival_delay_minutes"], row["lateness_band"], row["is_on_time_arrival"]) == (delay, band, on_time)


def test_completion_in_the_window_and_fulfillment_breaks() -> None:
    in_time = only(job(appointment(poa=poa(START, 60))))
    assert (in_time["is_completed_in_window"], in_time["fulfillment_break"]) == (True, None)
    late = only(job(appointment(poa=poa(START, 61))))
    assert (late["is_completed_in_window"], late["fulfillment_break"]) == (False, "late_completion")
    assert only(job(appointment()))["fulfillment_break"] == "no_show"
    given_up = job(appointment(), serviceJobStatus="NOT_FULFILLABLE")
    assert only(given_up)["fulfillment_break"] == "unfulfillable"
    other = only(job(appointment(assignedTechnicians=staff("T1"), poa=poa(START, technicians=staff("T2", "T3")))))
    assert (other["is_technician_mismatch"], other["fulfillment_break"]) == (True, "technician_mismatch")
    assert other["performing_technician_ids"] == ["T2", "T3"]
    same = only(job(appointment(assignedTechnicians=staff("T1", "T2"), poa=poa(START, technicians=staff("T2")))))
    assert same["is_technician_mismatch"] is False
    unknown = only(job(appointment(assignedTechnicians=staff("T1"), poa=poa(START))))
    assert (unknown["is_technician_mismatch"], unknown["performing_technician_ids"]) == (None, ["T1"])


@pytest.mark.parametrize(
    ("proof", "evidence"),
    [
        (None, "none"),
        (poa(START), "other"),
        (poa(START, poaType="SOMETHING_NEW"), "other"),
        (poa(START, poaType="CUSTOMER_SIGNATURE"), "signature"),
        (poa(None, poaType="POA_RECEIPT"), "receipt"),
        (poa(START, poaType="NO_SIGNATURE_DUMMY_POS"), "dummy"),
        (poa(START, poaType="DUMMY_RECEIPT"), "dummy"),
    ],
)
def test_arrival_evidence(proof: dict | None, evidence: str) -> None:
    assert only(job(appointment(**({"poa": proof} if proof else {}))))["arrival_evidence"] == evidence


def test_chains_sequences_and_positions() -> None:
    rows = fct_appointments(
        job(
            appointment("CANCELLED", start="2026-11-05T18:00:00Z", rescheduledAppointmentId="A2"),
            appointment(appointmentId="A2", start="2026-11-04T18:00:00Z"),
            {"appointmentStatus": "ACTIVE"},
        ),
        FRAME,
    )
    assert [row["appointment_id"] for row in rows] == ["A1", "A2", "J1#3"]
    assert [row["sequence_in_job"] for row in rows] == [2, 1, 3]
    assert [row["replaced_by_appointment_id"] for row in rows] == ["A2", None, None]
    assert [row["replaces_appointment_id"] for row in rows] == [None, "A1", None]


def test_dates_are_the_stores_own_and_preferences_are_exact() -> None:
    preferred = [{"startTime": START, "durationInMinutes": 60}]
    row = only(job(appointment(start="2026-11-03T07:30:00Z"), preferredAppointmentTimes=preferred))
    assert (str(row["service_date"]), row["is_preferred_time"], row["lead_time_hours"]) == ("2026-11-02", False, 37.5)
    assert only(job(appointment(), preferredAppointmentTimes=preferred))["is_preferred_time"] is True
    assert only(job(appointment()))["is_preferred_time"] is None
    moved = replace(FRAME, store_zones={(US, "S1"): "Asia/Tokyo"})
    assert str(only(job(appointment()), moved)["service_date"]) == "2026-11-03"


def test_a_service_job_is_summed_up() -> None:
    payload = job(
        appointment("CANCELLED", rescheduledAppointmentId="A2"),
        appointment("COMPLETED", appointmentId="A2", start="2026-11-03T18:00:00Z", poa=poa("2026-11-03T18:00:00Z", 30)),
        serviceJobStatus="COMPLETED",
        payments=[
            {"amount": {"value": 0.1, "currency": "USD"}, "instrument": "X"},
            {"amount": {"value": 0.2, "currency": "USD"}, "instrument": "Y"},
        ],
    )
    row = fct_service_job(payload, fct_appointments(payload, FRAME), FRAME)
    assert row["completed_at"] == from_iso("2026-11-03T18:30:00Z")
    assert (row["appointment_count"], row["reschedule_count"], row["serviced_count"]) == (2, 1, 1)
    assert (row["hours_to_first_appointment"], row["hours_to_completion"]) == (24.0, 48.5)
    assert (row["is_first_visit_resolution"], row["payment_total"], row["payment_currency"]) == (True, 0.3, "USD")
    assert (row["needs_appointment"], row["needs_technician"], row["city"]) == (False, False, None)
    waiting = job(appointment("CANCELLED"), serviceJobStatus="HOLD")
    row = fct_service_job(waiting, fct_appointments(waiting, FRAME), FRAME)
    assert (row["needs_appointment"], row["is_first_visit_resolution"], row["payment_total"]) == (True, None, None)


def test_demand_meets_capacity_by_the_hour() -> None:
    hour = from_iso(START)
    payload = job(
        appointment(start="2026-11-02T18:30:00Z"),
        appointment("CANCELLED"),
        preferredAppointmentTimes=[{"startTime": "2026-11-02T20:15:00Z", "durationInMinutes": 60}],
    )
    two_times = [{"startTime": f"2026-11-02T{each}:00Z", "durationInMinutes": 60} for each in ("20:30", "21:00")]
    other = job(appointment("CANCELLED"), preferredAppointmentTimes=two_times)
    given_up = other | {"serviceJobStatus": "NOT_FULFILLABLE"}
    known = {hour: Capacity(5, 2, 3, 1), hour + HOUR: Capacity(0, 0, 0, 0)}
    rows = fct_demand_capacity_hourly([payload, other, given_up], {(US, "S1"): known}, FRAME)
    columns = ("booked_appointments", "booked_starts", "booked_minutes", "preferred_starts", "preferred_demand")
    assert [tuple(row[name] for name in (*columns, "scheduled_capacity", "utilization")) for row in rows] == [
        (1, 1, 30, 0, 0, 5, 0.75),
        (1, 0, 30, 0, 0, 0, None),
        (0, 0, 0, 3, 1.5, None, None),
        (0, 0, 0, 2, 0.5, None, None),
    ]
    assert all(row["is_past"] for row in rows)


def test_aggregates_count_each_technician_and_each_appointment_once() -> None:
    payloads = [
        job(appointment(poa=poa(START, 30, technicians=staff("T1", "T2")))),
        job(appointment(assignedTechnicians=staff("T1")), serviceJobId="J2"),
        job(appointment("CANCELLED", rescheduledAppointmentId="A2"), serviceJobId="J3"),
    ]
    rows = [row for payload in payloads for row in fct_appointments(payload, FRAME)]
    by_technician = {row["technician_id"]: row for row in aggregates.agg_technician_daily(rows)}
    assert by_technician.keys() == {"T1", "T2"}
    assert (by_technician["T1"]["appointments"], by_technician["T1"]["on_time_rate"], by_technician["T1"]["no_show_rate"]) == (
        2,
        0.5,
        0.5,
    )
    jobs = [fct_service_job(payload, fct_appointments(payload, FRAME), FRAME) for payload in payloads]
    visits, created = aggregates.agg_store_daily(rows, jobs, [], FRAME)[::-1]
    assert (visits["appointments"], visits["scored"], visits["reschedules"], visits["minutes_on_site"]) == (3, 2, 1, 30)
    assert (str(created["service_date"]), created["jobs_created"], created["on_time_rate"]) == ("2026-11-01", 3, None)
    before, week = weekly.agg_account_weekly(rows, jobs, [], FRAME)
    assert (str(before["week_start_date"]), before["jobs_created"], before["appointments"]) == ("2026-10-26", 3, 0)
    assert before["median_hours_to_first_appointment"] == 24.0
    assert (str(week["week_start_date"]), week["jobs_created"], week["completed_jobs"]) == ("2026-11-02", 0, 0)
    assert (week["serviced"], week["no_shows"], week["proof_coverage"], week["missed_known"]) == (1, 1, 0.5, 2)


def test_a_week_is_settled_when_its_no_shows_are_known() -> None:
    # it ends on 9 November in Los Angeles, at 8:00 UTC; no-shows are known four hours later
    rows = fct_appointments(job(appointment(poa=poa(START))), FRAME)
    for as_of, settled in (("2026-11-09T11:59:59Z", False), ("2026-11-09T12:00:00Z", True)):
        (week,) = weekly.agg_account_weekly(rows, [], [], replace(FRAME, as_of=from_iso(as_of)))
        assert week["is_settled"] is settled
    # and two hours later in the westernmost store
    west = replace(FRAME, as_of=from_iso("2026-11-09T13:59:59Z"), store_zones={(US, "S2"): "Pacific/Honolulu"})
    (week,) = weekly.agg_account_weekly(rows, [], [], west)
    assert week["is_settled"] is False


def test_the_morning_list() -> None:
    item = {"asin": "X", "title": "X", "quantity": 1, "orderId": "1", "itemStatus": "SHIPPED", "brandName": "B"}
    late = item | {"itemDelivery": {"estimatedDeliveryDate": "2026-11-21T00:00:00Z"}}
    preferred = [{"startTime": "2026-11-11T12:00:00Z", "durationInMinutes": 60}]
    passed = [{"startTime": "2026-11-10T11:00:00Z", "durationInMinutes": 60}]
    payloads = [
        job(serviceJobStatus="PENDING_SCHEDULE", preferredAppointmentTimes=preferred, appointments=[]),
        job(serviceJobStatus="PENDING_SCHEDULE", preferredAppointmentTimes=passed, appointments=[]),
        job(serviceJobStatus="HOLD"),
        job(appointment("COMPLETED")),
        job(appointment(start="2026-11-20T18:00:00Z"), associatedItems=[late]),
        job(appointment(poa=poa(START))),
        job(appointment()),
    ]
    found = []
    for payload in payloads:
        rows = fct_appointments(payload, FRAME)
        items = fct_job_items(payload, rows, FRAME)
        summed = fct_service_job(payload, rows, FRAME)
        found += actions.rpt_jobs_needing_action(payload, summed, rows, items, FRAME)
    assert {row["action"]: row["overdue_hours"] for row in found} == {
        "schedule_appointment": 186.0,
        "confirm_preferred_time": 24.0,
        "offer_new_time": 1.0,
        "obtain_proof": 161.0,
        "assign_technician": 0.0,
        "item_late": 0.0,
        "close_job": 161.0,
        "chase_no_show": 185.0,
    }


def test_of_visits_without_a_time_the_first_by_id_is_listed() -> None:
    payload = job(*(appointment("COMPLETED", start=None, appointmentId=name) for name in ("A2", "A1", "A3")))
    rows = fct_appointments(payload, FRAME)
    (row,) = actions.rpt_jobs_needing_action(payload, fct_service_job(payload, rows, FRAME), rows, [], FRAME)
    assert (row["appointment_id"], row["due_at"]) == ("A1", None)


def test_every_table_is_there_and_agrees_with_the_others(world: Running) -> None:
    truth = world.control("GET", "truth", account="shop", capacity_from=NOW)
    assert all(row["account"] == "shop" for name, rows in truth.items() if not name.startswith("dim_") for row in rows)
    appointments, jobs = truth["fct_appointments"], truth["fct_service_jobs"]
    assert {row["marketplace_id"] for row in jobs} == {US, UK}
    assert sum(row["appointment_count"] for row in jobs) == len(appointments)
    assert sum(row["appointments"] for row in truth["agg_store_daily"]) == len(appointments)
    assert sum(row["appointments"] for row in truth["agg_account_weekly"]) == len(appointments)
    assert sum(row["jobs_created"] for row in truth["agg_store_daily"]) == len(jobs)
    assert len([row for row in truth["fct_job_status_history"] if row["is_current"]]) == len(jobs)
    assert len([row for row in truth["fct_appointment_history"] if row["is_current"]]) == len(appointments)
    named = {row["technician_id"] for row in truth["dim_technician"]}
    assert {row["technician_id"] for row in truth["agg_technician_daily"]} <= named
    assert all(
        row["hour_start_at"] >= NOW for row in truth["fct_demand_capacity_hourly"] if row["scheduled_capacity"] is not None
    )
    assert {row["outcome"] for row in appointments} == {
        "serviced", "rescheduled", "cancelled", "unproven", "unfulfillable", "no_show", "awaiting_proof", "upcoming",
    }  # fmt: skip
    assert {row["action"] for row in truth["rpt_jobs_needing_action"]} == {
        "schedule_appointment", "assign_technician", "confirm_preferred_time", "offer_new_time", "obtain_proof", "close_job",
        "chase_no_show", "item_late",
    }  # fmt: skip
    assert len(truth["dim_reason_code"]) > 100 and len(truth["dim_marketplace"]) == 23


def test_everything_personal_is_told(world: Running) -> None:
    personal = world.control("GET", "personal")
    job = world.find(lambda each: "buyerId" in each.get("buyer", {}) and "address" in each["serviceLocation"])
    assert job["buyer"]["buyerId"] in personal["buyer_ids"]
    assert job["buyer"]["name"] in personal["names"]
    assert job["buyer"]["phone"] in personal["phones"]
    assert job["serviceLocation"]["address"]["addressLine1"] in personal["street_lines"]
    technicians = {row["technician_name"] for row in world.control("GET", "truth", tables="dim_technician")["dim_technician"]}
    assert technicians.isdisjoint(personal["names"])


def test_a_store_has_the_zone_and_the_names_of_its_file(world: Running) -> None:
    store = next(each for each in world.control("GET", "health")["stores"] if each["marketplace_id"] == US)
    name = store["store_id"]
    file = f"marketplace_id,store_id,store_name,region,manager,time_zone\n{US},{name},Main Street,North,Ada,Asia/Tokyo\n"
    stores = world.control("GET", "truth", tables="dim_store", stores_file=file)["dim_store"]
    (row,) = [row for row in stores if row["store_id"] == name]
    assert (row["time_zone"], row["time_zone_source"], row["store_name"]) == ("Asia/Tokyo", "stores_file", "Main Street")
    assert (row["region"], row["manager"]) == ("North", "Ada")
    assert {row["time_zone_source"] for row in stores} == {"stores_file", "state", "marketplace"}
    assert {row["time_zone"] for row in stores if row["marketplace_id"] == UK} == {"Europe/London"}


def placed(*states: str | None) -> list[dict[str, Any]]:
    return [job(serviceLocation={"address": {"stateOrRegion": state} if state else {}}) for state in states]


@pytest.mark.parametrize(
    ("states", "zone", "source"),
    [
        (["NY", "tx", "Texas"], "America/Chicago", "state"),
        (["new york ", "TX"], "America/New_York", "state"),
        ([None, "Bavaria"], "America/Los_Angeles", "marketplace"),
    ],
)
def test_a_store_has_the_zone_of_the_state_of_most_jobs(states: list, zone: str, source: str) -> None:
    (store,) = dim_store(placed(*states), "", "a")
    assert (store["time_zone"], store["time_zone_source"], store["store_name"]) == (zone, source, "S1")


def test_a_weeks_payments_add_up_by_currency() -> None:
    summed = fct_service_job(job(serviceJobStatus="COMPLETED"), fct_appointments(job(appointment()), FRAME), FRAME)
    assert (str(summed["completed_date"]), summed["completed_at"]) == ("2026-11-02", None)
    paid = [(1.5, "USD", "X"), (2.5, "USD", "Y"), (9.0, "EUR", "X"), (None, None, None)]
    amounts = [{"amount": {"value": value, "currency": name} if value else {}, "instrument": kind} for value, name, kind in paid]
    rows = weekly.agg_payments_weekly([summed], fct_job_payments(job(payments=amounts), FRAME))
    assert [(row["currency"], row["instrument"], row["amount"], row["jobs"], row["payments"]) for row in rows] == [
        ("USD", "X", 1.5, 1, 1), ("USD", "Y", 2.5, 1, 1), ("EUR", "X", 9.0, 1, 1), (None, None, None, 1, 1),
    ]  # fmt: skip
    week = weekly.agg_account_weekly([], [summed], rows, FRAME)[-1]
    assert (week["payment_total"], week["payment_currency"]) == (4.0, "USD")
    mixed = fct_service_job(job(payments=amounts), [], FRAME)
    assert (mixed["payment_total"], mixed["payment_currency"]) == (None, None)


def test_the_schedule_of_a_technician() -> None:
    # it is noon of 10 November in London, 4:00 in Los Angeles
    def stop(name: str, start: str, minutes: int = 60, technicians: tuple = ("T1",), **changed: Any) -> dict[str, Any]:
        time = {"startTime": start, "durationInMinutes": minutes}
        return job(appointment(appointmentTime=time, assignedTechnicians=staff(*technicians)), serviceJobId=name, **changed)

    def at(postal_code: str) -> dict[str, Any]:
        return {"serviceLocation": {"address": {"postalCode": postal_code}}}

    payloads = [
        stop("past midnight", "2026-11-10T07:30:00Z", 120),
        stop("early", "2026-11-10T09:00:00Z", 30),
        stop("far", "2026-11-10T20:00:00Z", 60, **at("98109")),
        stop("near", "2026-11-10T20:00:00Z", 60, **at("98101")),
        stop("with another", "2026-11-18T07:59:59Z", technicians=("T1", "T2")),
        stop("too late", "2026-11-18T08:00:00Z"),
        stop("nobody", "2026-11-10T20:00:00Z", technicians=()),
        stop("given up", "2026-11-10T20:00:00Z", serviceJobStatus="NOT_FULFILLABLE"),
        stop("done tomorrow", "2026-11-11T20:00:00Z", serviceJobStatus="COMPLETED"),
        stop("done today", "2026-11-10T23:00:00Z", serviceJobStatus="COMPLETED"),
    ]
    rows = [row | {"last_observed_at": 0} for payload in payloads for row in fct_appointments(payload, FRAME)]
    jobs = [fct_service_job(payload, fct_appointments(payload, FRAME), FRAME) for payload in payloads]
    found = schedule.rpt_technician_schedule(rows, jobs, {"T1": "Ada"}, FRAME)
    columns = ("stop_number", "gap_minutes", "overlap_minutes", "is_double_booked")
    assert {(row["service_job_id"], row["technician_id"]): tuple(row[name] for name in columns) for row in found} == {
        ("early", "T1"): (1, None, 30, True),
        ("near", "T1"): (2, 630, 0, True),
        ("far", "T1"): (3, 0, 60, True),
        ("done today", "T1"): (4, 120, 0, False),
        ("with another", "T1"): (1, None, 0, True),
        ("with another", "T2"): (1, None, 0, False),
        ("nobody", None): (None, None, None, False),
    }
    assert {row["technician_name"] for row in found} == {"Ada", None}
    assert {row["scheduled_start_local"] for row in found if row["technician_id"] == "T2"} == {"2026-11-17T23:59:59"}
