"""Writes to appointments: add, reschedule, assign."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from include.privacy.words import identifier
from include.services_api import Answer, operations
from include.services_api.account import Account
from include.services_api.parameters import moment, refuse
from include.services_api.writes import Writes
from include.writes import guide, inputs
from include.writes.write import JobWrite, Seen, Trace, set_fields

FURTHEST_START = timedelta(days=365)


def appointments_of(job: dict) -> list[dict]:
    """The appointments of a job, with ids that may be stored and logged."""
    return [_identified(one) for one in job.get("appointments") or [] if isinstance(one, dict)]


def technicians_of(appointment: dict) -> set[str]:
    """The ids of an appointment's technicians, likewise."""
    given = [one.get("technicianId") for one in appointment.get("assignedTechnicians") or [] if isinstance(one, dict)]
    return {identifier(str(one)) for one in given if one is not None}


def _identified(appointment: dict) -> dict:
    ids = {name: appointment.get(name) for name in ("appointmentId", "rescheduledAppointmentId")}
    return appointment | {name: identifier(str(value)) for name, value in ids.items() if value}


def starts_at(appointment: dict, start: datetime) -> bool:
    """Whether it is scheduled for this instant. A time that cannot be read is another one."""
    try:
        return datetime.fromisoformat(str((appointment.get("appointmentTime") or {}).get("startTime"))) == start
    except (ValueError, TypeError):
        return False


def check_start(start: datetime, now: datetime) -> None:
    if not now < start <= now + FURTHEST_START:
        raise refuse("start", f"in the future and at most {FURTHEST_START.days} days away (now: {moment('now', now)})",
                     moment("start", start))  # fmt: skip


def _ids(job: dict) -> list[str]:
    return [one["appointmentId"] for one in appointments_of(job) if one.get("appointmentId")]


@dataclass(frozen=True, kw_only=True)
class AddAppointment(JobWrite):
    """A first appointment, or a new one where the last was cancelled. Gives `appointment_id`."""

    operation = operations.ADD_APPOINTMENT
    start: datetime
    duration_minutes: int | None = None

    def __post_init__(self) -> None:
        set_fields(self, start=inputs.moment, duration_minutes=inputs.whole_number)

    def request(self, client: Writes) -> Answer:
        return client.add_appointment(self.service_job_id, self.start, self.duration_minutes)

    def check(self, account: Account, now: datetime) -> None:
        check_start(self.start, now)

    def check_job(self, job: dict) -> None:
        for one in appointments_of(job):
            if one.get("appointmentStatus") == "ACTIVE":
                raise self.not_now(f"it has the active appointment {one.get('appointmentId')}, which can be rescheduled instead")

    def before(self, job: dict) -> dict:
        return {"appointment_ids": _ids(job)}

    def result(self, answer: Answer) -> dict[str, str]:
        return {"appointment_id": identifier(str(answer.body.get("appointmentId") or ""))}

    def seen(self, job: dict, before: dict) -> Seen:
        new = [one for one in appointments_of(job) if one.get("appointmentId") not in before["appointment_ids"]]
        ours = next((one for one in new if starts_at(one, self.start)), None)
        return Seen(Trace.ARRIVED, {"appointment_id": ours.get("appointmentId")}) if ours else Seen(Trace.ABSENT, {})


@dataclass(frozen=True, kw_only=True)
class AppointmentWrite(JobWrite):
    """A write to one active appointment of a job."""

    appointment_id: str

    def target(self, account: Account) -> dict[str, str | None]:
        return super().target(account) | {"appointment_id": self.appointment_id}

    def appointment(self, job: dict) -> dict | None:
        return next((one for one in appointments_of(job) if one.get("appointmentId") == self.appointment_id), None)

    def check_job(self, job: dict) -> None:
        appointment = self.appointment(job)
        if appointment is None:
            raise self.not_now(f"it has no appointment {self.appointment_id}; it has {', '.join(_ids(job)) or 'none'}")
        if appointment.get("appointmentStatus") not in ("ACTIVE", None):
            raise self.not_now(f"appointment {self.appointment_id} is {appointment['appointmentStatus']}; it has to be ACTIVE")


@dataclass(frozen=True, kw_only=True)
class RescheduleAppointment(AppointmentWrite):
    """Another start for an appointment. Gives the `appointment_id` of the one that replaces it.

    Without `service_type` (`default`, `heavy_bulk`, `recurring`), a code that the guide allows for any of them is good.
    """

    operation = operations.RESCHEDULE_APPOINTMENT
    start: datetime
    reschedule_reason_code: str
    duration_minutes: int | None = None
    service_type: str | None = None

    def __post_init__(self) -> None:
        set_fields(self, start=inputs.moment, duration_minutes=inputs.whole_number)

    def target(self, account: Account) -> dict[str, str | None]:
        return super().target(account) | {"reason_code": self.reschedule_reason_code}

    def request(self, client: Writes) -> Answer:
        return client.reschedule_appointment(
            self.service_job_id, self.appointment_id, self.start, self.reschedule_reason_code, self.duration_minutes
        )

    def check(self, account: Account, now: datetime) -> None:
        check_start(self.start, now)
        guide.check_reason_code(guide.RESCHEDULE, self.reschedule_reason_code, account.marketplace_ids, self.service_type)

    def check_job(self, job: dict) -> None:
        super().check_job(job)
        check_reason_of_job(guide.RESCHEDULE, self.reschedule_reason_code, job, self.service_type)

    def before(self, job: dict) -> dict:
        return {"appointment_ids": _ids(job)}

    def result(self, answer: Answer) -> dict[str, str]:
        return {"appointment_id": identifier(str(answer.body.get("appointmentId") or ""))}

    def seen(self, job: dict, before: dict) -> Seen:
        replacement = (self.appointment(job) or {}).get("rescheduledAppointmentId")
        if not replacement or replacement in before["appointment_ids"]:
            return Seen(Trace.ABSENT, {})
        new = next((one for one in appointments_of(job) if one.get("appointmentId") == replacement), None)
        if new is None:
            return Seen(Trace.UNDECIDED, {})
        return Seen(Trace.ARRIVED, {"appointment_id": replacement}) if starts_at(new, self.start) else Seen(Trace.ABSENT, {})


def check_reason_of_job(kind: str, code: str, job: dict, service_type: str | None) -> None:
    """By the marketplace, and where it says so the service type, of the job itself."""
    marketplaces = (job["marketplaceId"],) if job.get("marketplaceId") else ()
    guide.check_reason_code(kind, code, marketplaces, service_type or guide.service_type_of(job))


@dataclass(frozen=True, kw_only=True)
class AssignResources(AppointmentWrite):
    """Who comes; replaces whoever was assigned."""

    operation = operations.ASSIGN_RESOURCES
    resource_ids: Iterable[str]

    def __post_init__(self) -> None:
        set_fields(self, resource_ids=inputs.texts)

    def request(self, client: Writes) -> Answer:
        return client.assign_appointment_resources(self.service_job_id, self.appointment_id, self.resource_ids)

    def seen(self, job: dict, before: dict) -> Seen:
        assigned = technicians_of(self.appointment(job) or {})
        return Seen(Trace.ARRIVED if assigned == set(self.resource_ids) else Trace.ABSENT, {})
