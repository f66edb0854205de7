"""What one can wait for: a job's status, an appointment's technician, a slot that opens.

A condition is asked again and again; it costs one call each time, within the rate budget that everybody shares.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from include.privacy.words import identifier
from include.services_api import ServicesClient
from include.services_api.parameters import JOB_STATUSES, LONGEST_SLOT_RANGE, choices
from include.writes import inputs
from include.writes.appointments import appointments_of, technicians_of
from include.writes.write import CLOSED_STATUSES, set_fields


class NeverMet(Exception):
    """What is waited for can no longer come."""


@dataclass(frozen=True)
class JobReaches:
    """A job has one of these statuses. A closed job does not leave its status any more."""

    service_job_id: str
    statuses: tuple[str, ...]

    def __post_init__(self) -> None:
        set_fields(self, statuses=inputs.texts)
        choices("statuses", self.statuses, JOB_STATUSES)

    def met(self, client: ServicesClient) -> dict | None:
        """`{"job_status": ...}`, or None while it is not so."""
        status = client.get_service_job(self.service_job_id).payload.get("serviceJobStatus")
        if status in self.statuses:
            return {"job_status": status}
        if status in CLOSED_STATUSES:
            raise NeverMet(f"Job {self.service_job_id} is {status}; it does not become {' or '.join(self.statuses)} any more.")
        return None


@dataclass(frozen=True)
class TechnicianAssigned:
    """Somebody is assigned to an appointment."""

    service_job_id: str
    appointment_id: str

    def met(self, client: ServicesClient) -> dict | None:
        """`{"technician_ids": [...]}`, or None while nobody is."""
        appointments = appointments_of(client.get_service_job(self.service_job_id).payload)
        ours = next((one for one in appointments if one.get("appointmentId") == self.appointment_id), None)
        if ours is None:
            raise NeverMet(f"Job {self.service_job_id} has no appointment {self.appointment_id}.")
        if technicians := technicians_of(ours):
            return {"technician_ids": sorted(technicians)}
        if ours.get("appointmentStatus") == "CANCELLED":
            replaced_by = ours.get("rescheduledAppointmentId")
            hint = f" It was moved: {replaced_by} takes its place." if replaced_by else ""
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
        set_fields(self, least_capacity=inputs.whole_number)
        for name in ("start", "end"):
            if getattr(self, name) is not None:
                set_fields(self, **{name: inputs.moment})

    def met(self, client: ServicesClient) -> dict | None:
        """`{"slot_start_at": ..., "slot_end_at": ..., "capacity": n}` of the first one, or None."""
        now = datetime.now(UTC)
        if self.end and self.end <= now:
            raise NeverMet(f"The time in which a slot of {self.asin} in {self.store_id} was wanted is over.")
        start = max(self.start or now, now)
        end = self.end or start + timedelta(days=14)
        end = min(end, start + LONGEST_SLOT_RANGE)
        marketplace_id = inputs.marketplace(client.account, self.marketplace_id)
        slots = client.get_appointment_slots(marketplace_id, self.asin, self.store_id, start, end).payload.get("appointmentSlots")
        # Amazon answers with whole slots: the first may have begun
        fitting = [one for one in slots or [] if _capacity(one) >= self.least_capacity and start <= _start(one) < end]
        if not fitting:
            return None
        first = min(fitting, key=_start)
        return {"slot_start_at": first["startTime"], "slot_end_at": _end(first), "capacity": _capacity(first)}


def _capacity(slot: dict) -> int:
    return inputs.whole_number("capacity", slot.get("capacity")) or 0


def _end(slot: dict) -> str | None:
    end = slot.get("endTime")
    return None if end is None else identifier(str(end))


def _start(slot: dict) -> datetime:
    return inputs.moment("startTime", slot.get("startTime"))


CONDITIONS = {kind.__name__: kind for kind in (JobReaches, TechnicianAssigned, SlotOpens)}
