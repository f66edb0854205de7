"""Every kind of write as it can be asked for: the fields that operator and write share, on things that nobody else uses."""

from datetime import UTC, datetime, timedelta
from itertools import count

from include.writes import inputs
from tests.writes.world import MARKETPLACE, World, active_appointment

# (name of the write, its operator without what all have in common, Amazon's operation)
KINDS = {
    "AddAppointment": "addAppointmentForServiceJobByServiceJobId",
    "RescheduleAppointment": "rescheduleAppointmentForServiceJobByServiceJobId",
    "AssignResources": "assignAppointmentResources",
    "SetFulfillmentData": "setAppointmentFulfillmentData",
    "UploadDocument": "createServiceDocumentUploadDestination",
    "CompleteJob": "completeServiceJobByServiceJobId",
    "CancelJob": "cancelServiceJobByServiceJobId",
    "UpdateSchedule": "updateSchedule",
    "CreateReservation": "createReservation",
    "UpdateReservation": "updateReservation",
    "CancelReservation": "cancelReservation",
}
PDF = b"%PDF-1.4 the proof"
_days = count(15)


def make(world: World, kind: str) -> dict:
    """Fields of a write that the API accepts."""
    return {
        "AddAppointment": _add, "RescheduleAppointment": _reschedule, "AssignResources": _assign,
        "SetFulfillmentData": _fulfillment, "CompleteJob": _complete, "CancelJob": _cancel, "UploadDocument": _upload,
        "UpdateSchedule": _schedule, "CreateReservation": _reserve, "UpdateReservation": _move_reservation,
        "CancelReservation": _cancel_reservation,
    }[kind](world)  # fmt: skip


def _add(world: World) -> dict:
    job = world.job("PENDING_SCHEDULE", active=False)
    return {"service_job_id": job["serviceJobId"], "start": world.slots(job)[0].isoformat()}


def _reschedule(world: World) -> dict:
    job = world.job("NOT_SERVICED", active=True, assigned=True)
    return _appointment(job) | {"start": world.slots(job)[-1].isoformat(), "reschedule_reason_code": "RS11"}


def _assign(world: World) -> dict:
    job = world.job("NOT_SERVICED", active=True, assigned=False)
    able = world.able_technician(job)
    world.unassign(job)
    return _appointment(job) | {"resource_ids": [able]}


def _fulfillment(world: World) -> dict:
    job = world.job("NOT_SERVICED", active=True)
    now = datetime.now(UTC).replace(microsecond=0)
    worked = {"start": (now - timedelta(hours=2)).isoformat(), "end": (now - timedelta(hours=1)).isoformat()}
    return _appointment(job) | {"fulfillment_time": worked, "resource_ids": world.technicians(job)[:1]}


def _complete(world: World) -> dict:
    fields = _fulfillment(world)
    now = datetime.now(UTC)
    world.client.set_appointment_fulfillment_data(
        fields["service_job_id"], fields["appointment_id"], fulfillment_time=(now - timedelta(hours=2), now - timedelta(hours=1))
    )
    return {"service_job_id": fields["service_job_id"]}


def _cancel(world: World) -> dict:
    return {"service_job_id": world.job("NOT_SERVICED", active=True)["serviceJobId"], "cancellation_reason_code": "S1"}


def _upload(world: World) -> dict:
    return {"content": PDF}


def _schedule(world: World) -> dict:
    return {"resource_id": world.ample_store, "schedules": [_time(capacity=7)], "marketplace_id": MARKETPLACE}


def _reserve(world: World) -> dict:
    store_id, time = _free_time(world)
    return {"resource_id": store_id, "type": "BREAK", "availability": time}


def _move_reservation(world: World) -> dict:
    fields, (_, later) = _reserve(world), _free_time(world)
    return fields | {"reservation_id": _reserved(world, fields), "availability": later}


def _cancel_reservation(world: World) -> dict:
    return {"reservation_id": _reserved(world, _reserve(world)), "marketplace_id": MARKETPLACE}


def _appointment(job: dict) -> dict:
    return {"service_job_id": job["serviceJobId"], "appointment_id": active_appointment(job)["appointmentId"]}


def _time(**fields) -> dict:
    """An hour that nobody else has."""
    start = (datetime.now(UTC) + timedelta(days=next(_days))).replace(hour=17, minute=0, second=0, microsecond=0)
    return {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()} | fields


def _free_time(world: World) -> tuple[str, dict]:
    """The first store, and a time in which it has capacity and nothing of it is reserved, as the world does by itself."""
    store_id = world.ample_store
    while True:
        time = _time()
        wanted = inputs.availability("time", time | {"capacity": 5})
        page = world.client.get_range_slot_capacity(
            MARKETPLACE, store_id, wanted.start, wanted.end, capacity_types=["RESERVED_CAPACITY"]
        )
        if not any(slot["capacity"] for one in page.payload["capacities"] for slot in one["slots"]):
            return store_id, time


def _reserved(world: World, fields: dict) -> str:
    answer = world.client.create_reservation(
        MARKETPLACE, fields["resource_id"], fields["type"], inputs.availability("availability", fields["availability"])
    )
    return answer.payload["reservation"]["reservationId"]
