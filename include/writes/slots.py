"""Appointment slots as the API offers them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from include.writes import inputs


@dataclass(frozen=True)
class Slot:
    """A time in which a service can be performed. `capacity`: the number of appointments that can still be booked."""

    start: datetime
    end: datetime
    capacity: int

    @property
    def minutes(self) -> int:
        """Its length."""
        return round((self.end - self.start) / timedelta(minutes=1))


def slots_of(payload: dict) -> list[Slot]:
    """Return the slots of a response, by start.

    Raises:
        InvalidParameter: A time or a capacity cannot be read.
    """
    slots = [
        Slot(
            inputs.moment("startTime", slot.get("startTime")),
            inputs.moment("endTime", slot.get("endTime")),
            inputs.whole_number("capacity", slot.get("capacity")) or 0,
        )
        for slot in payload.get("appointmentSlots") or []
    ]
    return sorted(slots, key=lambda slot: slot.start)
