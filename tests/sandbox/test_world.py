"""The world is reproducible, and treacherous in every way it promises."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import orjson
import pytest

from include.sandbox.world.capacity import Calendar, StoreCapacity
from include.sandbox.world.clock import Clock
from include.sandbox.world.opening import opening
from include.sandbox.world.payload import detail
from include.sandbox.world.times import DAY, HOUR, day_of, from_iso, to_iso
from include.sandbox.world.world import World
from tests.sandbox.conftest import NOW

T = from_iso(NOW)


def world_of(**changed) -> World:
    now = changed.pop("now", T)
    return World(Clock(now, frozen=True), **{"seed": 7, "days": 20, "jobs_per_day": 60} | changed)


@pytest.fixture(scope="module")
def payloads() -> list[dict]:
    return [detail(job, T) for job in world_of(days=30).jobs()]


def test_the_same_date_has_the_same_jobs_whatever_the_history_and_the_clock() -> None:
    long, short, later = world_of(), world_of(days=5), world_of(days=12, now=T + 7 * DAY)
    wanted = {job.job_id: job.changes for job in long.jobs() if job.created >= T - 5 * DAY}
    assert {job.job_id: job.changes for job in short.jobs()} == wanted
    assert {job.job_id: job.changes for job in later.jobs() if job.created <= T} == wanted
    assert {job.job_id for job in world_of(seed=8).jobs()}.isdisjoint(wanted)


def test_the_same_seed_is_the_same_world_in_another_process() -> None:
    program = """if True:
        from include.sandbox.world.clock import Clock
        from include.sandbox.world.payload import detail
        from include.sandbox.world.world import World
        world = World(Clock(1_800_000_000, frozen=True), days=3)
        print([detail(job, world.now()) for job in world.jobs()])
    """
    answers = set()
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": "."}, capture_output=True, check=True
        )
        answers.add(done.stdout)
    assert len(answers) == 1 and len(answers.pop()) > 10_000


def test_many_jobs_are_made_on_all_cores_and_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = world_of()
    monkeypatch.setattr("include.sandbox.world.days.MANY_JOBS", 1)
    together = world_of()
    assert [detail(job, T) for job in alone.jobs()] == [detail(job, T) for job in together.jobs()]
    for marketplace_id in alone.marketplace_ids:
        assert alone.updated(marketplace_id, 0, T).tolist() == together.updated(marketplace_id, 0, T).tolist()


def test_nothing_happens_after_the_clock_and_every_update_is_found() -> None:
    world = world_of()
    for job in world.jobs():
        assert job.created <= job.updated(T) <= T
    found = [world.job(number) for marketplace_id in world.marketplace_ids for number in world.updated(marketplace_id, 0, T)]
    assert {job.job_id for job in found} == {job.job_id for job in world.jobs()}


def test_a_world_without_jobs_stands() -> None:
    world = world_of(jobs_per_day=0.01, days=2)
    assert list(world.jobs()) == []
    assert [len(world.updated(marketplace_id, 0, T)) for marketplace_id in world.marketplace_ids] == [0, 0]


def test_everything_that_can_happen_does_happen(payloads: list[dict]) -> None:
    statuses = Counter(job["serviceJobStatus"] for job in payloads)
    assert len(statuses) == 7
    appointments = [each for job in payloads for each in job.get("appointments", [])]
    poas = [each["poa"] for each in appointments if "poa" in each]
    assert {poa.get("poaType") for poa in poas} == {
        "CUSTOMER_SIGNATURE", "POA_RECEIPT", "NO_SIGNATURE_DUMMY_POS", "DUMMY_RECEIPT", None,
    }  # fmt: skip
    assert any("appointmentTime" not in poa for poa in poas)
    assert any("technicians" not in poa for poa in poas)
    assert {each["appointmentStatus"] for each in appointments} == {"ACTIVE", "CANCELLED", "COMPLETED"}
    assert any("assignedTechnicians" not in each for each in appointments)
    assert max(len(job.get("appointments", [])) for job in payloads) > 2
    items = [item for job in payloads for item in job.get("associatedItems", [])]
    assert {item["itemStatus"] for item in items} == {"ACTIVE", "SHIPPED", "DELIVERED"}
    assert any("linkedAssets" in item for item in items)
    payments = [job["payments"] for job in payloads if "payments" in job]
    assert any(len(each) > 1 for each in payments)
    assert any(len({payment["amount"]["currency"] for payment in each}) > 1 for each in payments)
    assert any("buyer" not in job for job in payloads)
    assert any("buyer" in job and "buyerId" not in job["buyer"] for job in payloads)


def test_reschedule_chains_hang_together(payloads: list[dict]) -> None:
    for job in payloads:
        appointments = {each["appointmentId"]: each for each in job.get("appointments", [])}
        moved = [each for each in appointments.values() if "rescheduledAppointmentId" in each]
        assert all(each["appointmentStatus"] == "CANCELLED" for each in moved)
        assert all(each["rescheduledAppointmentId"] in appointments for each in moved)


def test_appointments_are_within_opening_hours() -> None:
    for job in world_of().jobs():
        for appointment in job.at(T).appointments:
            hours = [opening(job.store, day_of(appointment.start + step * DAY)) for step in (-1, 0, 1)]
            assert any(each and each[0] <= appointment.start and appointment.end <= each[1] for each in hours), job.job_id


def test_opening_hours_follow_daylight_saving_time() -> None:
    world = world_of()
    store = next(store for store in world.stores if store.time_zone == "America/Los_Angeles" and store.opens == 8)
    before, after = opening(store, day_of(from_iso("2026-10-31"))), opening(store, day_of(from_iso("2026-11-02")))
    assert [to_iso(hours[0])[11:] for hours in (before, after)] == ["15:00:00Z", "16:00:00Z"]


def test_capacity_agrees_with_appointments_and_opening_hours() -> None:
    world = world_of()
    for store in world.stores:
        capacity = StoreCapacity(world, store, Calendar(), T, T + 7 * DAY)
        standing = [
            appointment
            for job in world.jobs()
            if job.store is store
            for appointment in job.at(T).appointments
            if appointment.status != "CANCELLED"
        ]
        for hour in range(T, T + 7 * DAY, HOUR):
            slot = capacity.slot(hour, hour + HOUR)
            overlapping = sum(each.start < hour + HOUR and each.end > hour for each in standing)
            assert slot.encumbered == min(overlapping, slot.scheduled - slot.reserved)
            assert slot.available == slot.scheduled - slot.reserved - slot.encumbered
            assert slot.scheduled in (0, store.crew)
    assert any(capacity.slot(hour, hour + HOUR).reserved for hour in range(T, T + 7 * DAY, HOUR))


def test_identifiers_lead_back_to_their_job() -> None:
    world = world_of(days=3)
    assert all(world.find(job.job_id) is job for job in world.jobs())
    nobody = "20261109-0000-4001-0000-000000000000"
    for wrong in ("", "x", "TBA", "1-2-3", nobody[:18], nobody, "99999999-0000-4000-0000-0"):
        assert world.find(wrong) is None


def test_payloads_are_plain_json(payloads: list[dict]) -> None:
    assert orjson.loads(orjson.dumps(payloads)) == payloads
