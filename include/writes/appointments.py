"""Writes to appointments: add, reschedule, assign."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from typing_extensions import override

from include.privacy.words import identifier
from include.services_api import Response, ServicesClient, operations
from include.services_api.account import Account
from include.services_api.parameters import moment, refuse
from include.writes import guide, inputs
from include.writes.slots import slots_of
from include.writes.write import Arrival, JobWrite, Lookup, Sender, convert_fields

FURTHEST_START = timedelta(days=365)
# from the start of an appointment, the slots that are read
SLOTS_SHOWN = timedelta(days=2)


def appointments_of(job: dict) -> list[dict]:
    """Return the appointments of a job; their ids are safe to store and log."""
    return [_with_safe_ids(item) for item in job.get("appointments") or [] if isinstance(item, dict)]


def appointment_of(job: dict, appointment_id: str) -> dict | None:
    """Return the appointment with this id, or None."""
    return next((item for item in appointments_of(job) if item.get("appointmentId") == appointment_id), None)


def technicians_of(appointment: dict) -> set[str]:
    """Return the ids of an appointment's technicians, safe to store and log."""
    technicians = [item for item in appointment.get("assignedTechnicians") or [] if isinstance(item, dict)]
    return {identifier(str(item["technicianId"])) for item in technicians if item.get("technicianId") is not None}


def starts_at(appointment: dict, start: datetime) -> bool:
    """Return whether the appointment is scheduled for this instant; False if its time cannot be read."""
    try:
        return datetime.fromisoformat(str((appointment.get("appointmentTime") or {}).get("startTime"))) == start
    except (ValueError, TypeError):
        return False


def check_reason_of_job(kind: str, code: str, job: dict, service_type: str | None) -> None:
    """Check a reason code against the marketplace and the service type of a job.

    The type that the job shows decides. If it shows none, `service_type` does.

    Raises:
        InvalidParameter: The code is not allowed there.
    """
    marketplaces = (job["marketplaceId"],) if job.get("marketplaceId") else ()
    guide.check_reason_code(kind, code, marketplaces, guide.service_type_of(job) or service_type)


def _with_safe_ids(appointment: dict) -> dict:
    ids = {name: appointment.get(name) for name in ("appointmentId", "rescheduledAppointmentId")}
    return appointment | {name: identifier(str(value)) for name, value in ids.items() if value}


def _ids(job: dict) -> list[str]:
    return [item["appointmentId"] for item in appointments_of(job) if item.get("appointmentId")]


@dataclass(frozen=True, kw_only=True)
class StartWrite(JobWrite):
    """A write that gives a job an appointment with a start. Returns its `appointment_id`."""

    start: datetime
    duration_minutes: int | None = None

    def __post_init__(self) -> None:
        convert_fields(self, start=inputs.moment, duration_minutes=inputs.whole_number)

    @override
    def check(self, account: Account, now: datetime) -> None:
        if not now < self.start <= now + FURTHEST_START:
            raise refuse("start", f"in the future and at most {FURTHEST_START.days} days away (now: {moment('now', now)})",
                         moment("start", self.start))  # fmt: skip

    @override
    def check_offer(self, client: ServicesClient, job: dict) -> None:
        """Check that the job is offered a free slot with this start, and that the duration is that of the slot.

        Raises:
            InvalidParameter: It is not; the message names slots that are offered.
        """
        marketplace_id = inputs.marketplace(client.account, job.get("marketplaceId"))
        end = self.start + SLOTS_SHOWN
        response = client.get_appointment_slots_by_job_id(marketplace_id, self.service_job_id, self.start, end)
        slots = slots_of(response.payload)
        at_start = [slot for slot in slots if slot.start == self.start]
        if not any(slot.capacity for slot in at_start):
            free = ", ".join(moment("start", slot.start) for slot in slots if slot.capacity and slot.start > self.start)
            raise refuse("start", f"that of a slot that Amazon offers for the job and that has capacity. The next ones within "
                         f"{SLOTS_SHOWN.days} days are: {free[:200] or 'none'}", moment("start", self.start))  # fmt: skip
        lengths = sorted({slot.minutes for slot in at_start if slot.capacity})
        if self.duration_minutes is not None and self.duration_minutes not in lengths:
            expected = " or ".join(map(str, lengths))
            raise refuse("duration_minutes", f"the length of the slot, {expected}", self.duration_minutes)

    @override
    def before(self, job: dict) -> dict:
        return {"appointment_ids": _ids(job)}

    @override
    def result(self, response: Response) -> dict[str, str]:
        return {"appointment_id": identifier(str(response.body.get("appointmentId") or ""))}


@dataclass(frozen=True, kw_only=True)
class AddAppointment(StartWrite):
    """Adds the first appointment, or another one after the last was cancelled."""

    operation = operations.ADD_APPOINTMENT

    @override
    def request(self, client: Sender) -> Response:
        return client.add_appointment(self.service_job_id, self.start, self.duration_minutes)

    @override
    def check_job(self, job: dict) -> None:
        for appointment in appointments_of(job):
            if appointment.get("appointmentStatus") == "ACTIVE":
                active = appointment.get("appointmentId")
                raise self.not_allowed(f"it has the active appointment {active}, which can be rescheduled instead")

    @override
    def look_up_in(self, job: dict, before: dict) -> Lookup:
        for appointment in appointments_of(job):
            appointment_id = appointment.get("appointmentId") or ""
            if appointment_id not in before["appointment_ids"] and starts_at(appointment, self.start):
                return Lookup(Arrival.ARRIVED, {"appointment_id": appointment_id})
        return Lookup(Arrival.ABSENT)


@dataclass(frozen=True, kw_only=True)
class AppointmentWrite(JobWrite):
    """A write to one active appointment of a job."""

    target_fields = JobWrite.target_fields | {"appointment_id": "appointment_id"}
    appointment_id: str

    @override
    def check_job(self, job: dict) -> None:
        appointment = appointment_of(job, self.appointment_id)
        if appointment is None:
            raise self.not_allowed(f"it has no appointment {self.appointment_id}; it has {', '.join(_ids(job)) or 'none'}")
        if appointment.get("appointmentStatus") not in ("ACTIVE", None):
            raise self.not_allowed(
                f"appointment {self.appointment_id} is {appointment['appointmentStatus']}; it has to be ACTIVE"
            )


@dataclass(frozen=True, kw_only=True)
class RescheduleAppointment(StartWrite, AppointmentWrite):
    """Moves an appointment to another start. Returns the `appointment_id` of the one that replaces it.

    The job's `serviceType` decides which codes are valid. If the job does not show it, `service_type` does (`default`,
    `heavy_bulk`, `recurring`); without it, a code that is valid for any of them is accepted.
    """

    operation = operations.RESCHEDULE_APPOINTMENT
    target_fields = AppointmentWrite.target_fields | {"reason_code": "reschedule_reason_code"}
    reschedule_reason_code: str
    service_type: str | None = None

    @override
    def request(self, client: Sender) -> Response:
        return client.reschedule_appointment(
            self.service_job_id, self.appointment_id, self.start, self.reschedule_reason_code, self.duration_minutes
        )

    @override
    def check(self, account: Account, now: datetime) -> None:
        super().check(account, now)
        guide.check_reason_code(guide.RESCHEDULE, self.reschedule_reason_code, account.marketplace_ids, self.service_type)

    @override
    def check_job(self, job: dict) -> None:
        super().check_job(job)
        check_reason_of_job(guide.RESCHEDULE, self.reschedule_reason_code, job, self.service_type)

    @override
    def look_up_in(self, job: dict, before: dict) -> Lookup:
        replacement_id = (appointment_of(job, self.appointment_id) or {}).get("rescheduledAppointmentId")
        if not replacement_id or replacement_id in before["appointment_ids"]:
            return Lookup(Arrival.ABSENT)
        replacement = appointment_of(job, replacement_id)
        if replacement is None:
            return Lookup(Arrival.UNDECIDED)
        if not starts_at(replacement, self.start):
            return Lookup(Arrival.ABSENT)
        return Lookup(Arrival.ARRIVED, {"appointment_id": replacement_id})


@dataclass(frozen=True, kw_only=True)
class AssignResources(AppointmentWrite):
    """Assigns technicians to an appointment; they replace those assigned before."""

    operation = operations.ASSIGN_RESOURCES
    resource_ids: Iterable[str]

    def __post_init__(self) -> None:
        convert_fields(self, resource_ids=inputs.texts)

    @override
    def request(self, client: Sender) -> Response:
        return client.assign_appointment_resources(self.service_job_id, self.appointment_id, self.resource_ids)

    @override
    def look_up_in(self, job: dict, before: dict) -> Lookup:
        assigned = technicians_of(appointment_of(job, self.appointment_id) or {})
        return Lookup(Arrival.ARRIVED if assigned == set(self.resource_ids) else Arrival.ABSENT)
