"""A service job as the list of everything that ever happens to it, and its state at a moment.

A change is `(time, name, arguments)`; the name is a method of `JobState`. The seeded life of a job and the writes of API
clients are the same kind of changes, and each one moves the job's last-update time.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from include.sandbox.world.company import Service, Store
from include.sandbox.world.times import FOREVER, MINUTE

Change = tuple[int, str, tuple[Any, ...]]
OPEN_STATUSES = frozenset({"NOT_SERVICED", "PENDING_SCHEDULE", "HOLD", "PAYMENT_DECLINED"})


class Poa(NamedTuple):
    """Proof of appointment; a part that the technician left out is None (or empty)."""

    uploaded: int
    arrived: int | None
    minutes: int | None
    kind: str | None
    technicians: tuple[str, ...]
    uploader: str


class Item(NamedTuple):
    status: str
    estimated: int | None


@dataclass(slots=True)
class Appointment:
    """`number` counts a job's appointments from 1, in the order of their booking."""

    number: int
    start: int
    minutes: int
    technicians: tuple[str, ...] = ()
    status: str = "ACTIVE"
    moved_to: int | None = None
    poa: Poa | None = None

    @property
    def end(self) -> int:
        return self.start + self.minutes * MINUTE


@dataclass(slots=True)
class JobState:
    """What the API shows of a job at one moment."""

    status: str = "PENDING_SCHEDULE"
    appointments: list[Appointment] = field(default_factory=list)
    items: tuple[Item, ...] = ()
    payments: tuple[tuple[float, str, str], ...] = ()

    def set_status(self, status: str) -> None:
        self.status = status

    def set_items(self, *items: Item) -> None:
        self.items = items

    def pay(self, *payments: tuple[float, str, str]) -> None:
        self.payments += payments

    def book(self, start: int, minutes: int, technicians: tuple[str, ...] = ()) -> None:
        self.appointments.append(Appointment(len(self.appointments) + 1, start, minutes, technicians))

    def assign(self, number: int, technicians: tuple[str, ...]) -> None:
        self.appointments[number - 1].technicians = technicians

    def move(self, number: int, start: int, minutes: int, technicians: tuple[str, ...] = ()) -> None:
        moved = self.appointments[number - 1]
        moved.status, moved.moved_to = "CANCELLED", len(self.appointments) + 1
        self.book(start, minutes, technicians)

    def cancel_appointment(self, number: int) -> None:
        self.appointments[number - 1].status = "CANCELLED"

    def finish(self, number: int, poa: Poa | None) -> None:
        self.appointments[number - 1].status = "COMPLETED"
        self.appointments[number - 1].poa = poa

    def prove(self, number: int, poa: Poa) -> None:
        self.appointments[number - 1].poa = poa

    def close_appointment(self, number: int) -> None:
        self.appointments[number - 1].status = "COMPLETED"

    def expect_arrival(self, number: int, start: int, end: int) -> None:
        """The API never shows an estimated arrival, yet setting it is an update."""

    @property
    def active(self) -> Appointment | None:
        return next((each for each in self.appointments if each.status == "ACTIVE"), None)


@dataclass(slots=True)
class Job:
    """`index`: its place among the jobs of its (UTC) day of creation. The identifiers are functions of day and index."""

    day: date
    index: int
    created: int
    dice: memoryview
    store: Store
    service: Service
    preferred: tuple[int, ...] = ()
    changes: list[Change] = field(default_factory=list)
    _job_id: str = ""

    def at(self, moment: int) -> JobState:
        state = JobState()
        for time, name, arguments in self.changes:
            if time > moment:
                break
            getattr(state, name)(*arguments)
        return state

    def updated(self, moment: int) -> int:
        """The last-update time that the API filters on and never shows."""
        return self.span(moment)[0]

    def span(self, moment: int) -> tuple[int, int]:
        """When the job took the state of a moment, and when it leaves it."""
        place = bisect_right(self.changes, moment, key=itemgetter(0))
        since = self.changes[place - 1][0] if place else 0
        return since, self.changes[place][0] if place < len(self.changes) else FOREVER

    @property
    def job_id(self) -> str:
        if not self._job_id:
            place = f"{self.index >> 12:04x}-4{self.index & 0xFFF:03x}"
            self._job_id = f"{_compact(self.day)}-{place}-{self.dice[0]:04x}-{self._tail()}"
        return self._job_id

    @property
    def order_id(self) -> str:
        return number_in_3_7_7(900 + self.dice[1] % 10, self.day, self.index)

    @property
    def product_order_id(self) -> str:
        return number_in_3_7_7(100 + self.dice[2] % 20, self.day, self.index)

    @property
    def tracking_id(self) -> str:
        return f"TBA{self.day.toordinal():07d}{self.index:07d}"

    def appointment_id(self, number: int) -> str:
        scrambled = (self.dice[2] << 16 | self.dice[3]) * (2 * number + 1) & 0xFFFFFFFF
        return f"{self.job_id}_{scrambled:08x}-{number:04x}-4{self.dice[4] & 0xFFF:03x}-{self.dice[5]:04x}-{self._tail()}"

    def appointment(self, appointment_id: str, moment: int) -> Appointment | None:
        return next((each for each in self.at(moment).appointments if self.appointment_id(each.number) == appointment_id), None)

    def bookings(self) -> list[int]:
        """Start, end, booked, released of each appointment, end to end: it takes capacity from when it is booked until it is
        given up.
        """
        found: list[int] = []
        for time, name, arguments in self.changes:
            if name == "book":
                found += (arguments[0], arguments[0] + arguments[1] * MINUTE, time, FOREVER)
            elif name == "move":
                number, start, minutes, *_ = arguments
                found[4 * number - 1] = time
                found += (start, start + minutes * MINUTE, time, FOREVER)
            elif name == "cancel_appointment":
                found[4 * arguments[0] - 1] = time
        return found

    def _tail(self) -> str:
        return f"{self.dice[1]:04x}{self.dice[2]:04x}{self.dice[3]:04x}"


@lru_cache(maxsize=10_000)
def _compact(day: date) -> str:
    return day.isoformat().replace("-", "")


def number_in_3_7_7(prefix: int, day: date, index: int) -> str:
    return f"{prefix}-{day.toordinal():07d}-{index:07d}"


def place_of(identifier: str) -> tuple[date, int] | None:
    """Day and index that a job, order, product order or tracking identifier points to; None where it has another form."""
    try:
        if identifier.startswith("TBA"):
            return date.fromordinal(int(identifier[3:10])), int(identifier[10:])
        parts = identifier.split("-")
        if len(parts) == 3:
            return date.fromordinal(int(parts[1])), int(parts[2])
        return date.fromisoformat(parts[0]), int(parts[1], 16) << 12 | int(parts[2][1:], 16)
    except (ValueError, IndexError, OverflowError):
        return None
