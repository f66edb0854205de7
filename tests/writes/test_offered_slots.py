"""Appointments are added and moved only to slots that Amazon offers for the job, and with their length."""

from datetime import datetime, timedelta

import pytest

from include.services_api import Availability
from include.services_api.errors import InvalidParameter
from include.warehouse import paths
from include.writes import AddAppointment, RescheduleAppointment, carry_out
from tests.writes.cases import KINDS, make
from tests.writes.world import MARKETPLACE, World


def wanted(world: World, kind: str, **changed) -> AddAppointment | RescheduleAppointment:
    return {"AddAppointment": AddAppointment, "RescheduleAppointment": RescheduleAppointment}[kind](**make(world, kind) | changed)


def offered_minutes(world: World, write: AddAppointment) -> int:
    slots = world.client.get_appointment_slots_by_job_id(
        MARKETPLACE, write.service_job_id, write.start, write.start + timedelta(hours=1)
    ).payload["appointmentSlots"]
    start, end = (datetime.fromisoformat(slots[0][name]) for name in ("startTime", "endTime"))
    return round((end - start) / timedelta(minutes=1))


@pytest.mark.parametrize("kind", ["AddAppointment", "RescheduleAppointment"])
def test_a_start_that_is_not_offered_is_not_sent(world, kind):
    good = wanted(world, kind)
    fields = {name: getattr(good, name) for name in good.__dataclass_fields__}
    minutes = offered_minutes(world, good)
    world.api.reset()
    for changed, said in (
        (
            {"start": good.start + timedelta(minutes=7)},
            "start should be that of a slot that Amazon offers .* next ones .* are: 20",
        ),
        ({"duration_minutes": minutes + 30}, f"duration_minutes should be the length of the slot, {minutes}, but is"),
        ({"duration_minutes": minutes - 10}, f"duration_minutes should be the length of the slot, {minutes}, but is"),
    ):
        with pytest.raises(InvalidParameter, match=f"(?s){said}"):
            carry_out(world.client, type(good)(**fields | changed), requested_by="me")
    assert world.api.log(operation=KINDS[kind]) == [] and not list(paths.writes_dir().glob("*.json"))
    done = carry_out(world.client, type(good)(**fields | {"duration_minutes": minutes}), requested_by="me")
    assert done.outcome == "accepted" and done.result["appointment_id"]


def test_a_slot_without_capacity_is_not_sent(world):
    good = wanted(world, "AddAppointment")
    job = world.client.get_service_job(good.service_job_id).payload
    # all of the store's capacity is held back
    page = world.client.get_range_slot_capacity(
        MARKETPLACE, job["storeId"], good.start, good.start + timedelta(minutes=30),
        capacity_types=["AVAILABLE_CAPACITY"],
    )  # fmt: skip
    free = min(slot["capacity"] for slot in page.payload["capacities"][0]["slots"])
    if free:
        held = Availability(good.start, good.start + timedelta(minutes=30), free)
        world.client.create_reservation(MARKETPLACE, job["storeId"], "BREAK", held)
    world.api.reset()
    with pytest.raises(InvalidParameter, match="start should be that of a slot that Amazon offers"):
        carry_out(world.client, good, requested_by="me")
    assert world.api.log(operation=KINDS["AddAppointment"]) == []
