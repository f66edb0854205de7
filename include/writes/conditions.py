"""Conditions to wait for: a job's status, an appointment's technician, a free slot.

Each check of a condition costs one call of the rate budget.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from include.privacy.words import identifier
from include.services_api import ServicesClient
from include.services_api.parameters import JOB_STATUSES, LONGEST_SLOT_RANGE, choices
from include.writes import inputs
from include.writes.appointments import appointment_of, technicians_of
from include.writes.write import CLOSED_STATUSES, convert_fields, current_job


class NeverMet(Exception):
    """The condition can no longer be met."""


@dataclass(frozen=True)
class JobReaches:
    """A job has one of these statuses. A closed job keeps its status."""

    service_job_id: str
    statuses: tuple[str, ...]

    def __post_init__(self) -> None:
        convert_fields(self, statuses=inputs.texts)
        choices("statuses", self.statuses, JOB_STATUSES)

    def met(self, client: ServicesClient) -> dict | None:
        """Return `{"job_status": ...}`, or None if the job has none of the statuses yet.

        Raises:
            NeverMet: The job is closed with another status.
        """
        status = current_job(client, self.service_job_id).get("serviceJobStatus")
        if status in self.statuses:
            return {"job_status": status}
        if status in CLOSED_STATUSES:
            raise NeverMet(f"Job {self.service_job_id} is {status}; it does not become {' or '.join(self.statuses)} any more.")
        return None


@dataclass(frozen=True)
class TechnicianAssigned:
    """An appointment has at least one technician."""

    service_job_id: str
    appointment_id: str

    def met(self, client: ServicesClient) -> dict | None:
        """Return `{"technician_ids": [...]}`, or None if the appointment has no technician yet.

        Raises:
            NeverMet: There is no such appointment, or it was cancelled without a technician.
        """
        appointment = appointment_of(current_job(client, self.service_job_id), self.appointment_id)
        if appointment is None:
            raise NeverMet(f"Job {self.service_job_id} has no appointment {self.appointment_id}.")
        if technicians := technicians_of(appointment):
            return {"technician_ids": sorted(technicians)}
        if appointment.get("appointmentStatus") == "CANCELLED":
            replacement = appointment.get("rescheduledAppointmentId")
            hint = f" It was rescheduled: {replacement} replaces it." if replacement else ""
            raise NeverMet(f"Appointment {self.appointment_id} is CANCELLED without a technician.{hint}")
        return None


@dataclass(frozen=True)
class SlotOpens:
    """A service has a slot in a store with at least `least_capacity`, between two times (default: the next 14 days)."""

    store_id: str
    asin: str
    marketplace_id: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    least_capacity: int = 1

    def __post_init__(self) -> None:
        convert_fields(self, least_capacity=inputs.whole_number)
        for name in ("start", "end"):
            if getattr(self, name) is not None:
                convert_fields(self, **{name: inputs.moment})

    def met(self, client: ServicesClient) -> dict | None:
        """Return `{"slot_start_at": ..., "slot_end_at": ..., "capacity": n}` of the first such slot, or None.

        Raises:
            NeverMet: `end` has passed.
        """
        now = datetime.now(UTC)
        if self.end and self.end <= now:
            raise NeverMet(f"The time for a slot of {self.asin} in {self.store_id} has passed.")
        start = max(self.start or now, now)
        end = min(self.end or start + timedelta(days=14), start + LONGEST_SLOT_RANGE)
        marketplace_id = inputs.marketplace(client.account, self.marketplace_id)
        response = client.get_appointment_slots(marketplace_id, self.asin, self.store_id, start, end)
        slots = response.payload.get("appointmentSlots") or []
        # Amazon returns whole slots: the first one may have begun already
        slots = [slot for slot in slots if _capacity(slot) >= self.least_capacity and start <= _start(slot) < end]
        if not slots:
            return None
        first = min(slots, key=_start)
        return {"slot_start_at": first["startTime"], "slot_end_at": _end(first), "capacity": _capacity(first)}


def _capacity(slot: dict) -> int:
    return inputs.whole_number("capacity", slot.get("capacity")) or 0


def _end(slot: dict) -> str | None:
    end = slot.get("endTime")
    return None if end is None else identifier(str(end))


def _start(slot: dict) -> datetime:
    return inputs.moment("startTime", slot.get("startTime"))


CONDITIONS = {kind.__name__: kind for kind in (JobReaches, TechnicianAssigned, SlotOpens)}
