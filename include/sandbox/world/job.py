"""A service job as the list of all its changes, and its state at a moment.

A change is `(time, name, arguments)`; the name is a method of `JobState`. The generated life of a job and the writes of API
clients are changes of the same kind; each of them moves the job's last-update time.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from include.sandbox.world.company import Service, Store
from include.sandbox.world.reasons import CANCEL, RESCHEDULE
from include.sandbox.world.times import FOREVER, MINUTE

Change = tuple[int, str, tuple[Any, ...]]
OPEN_STATUSES = frozenset({"NOT_SERVICED", "PENDING_SCHEDULE", "HOLD", "PAYMENT_DECLINED"})


class Poa(NamedTuple):
    """Proof of appointment; missing parts are None or empty."""

    uploaded: int
    arrived: int | None
    minutes: int | None
    kind: str | None
    technicians: tuple[str, ...]
    uploader: str


class Item(NamedTuple):
    """An ordered item; `estimated`: time of its delivery."""

    status: str
    estimated: int | None


@dataclass(slots=True)
class Appointment:
    """An appointment. `number`: from 1, in the order of booking."""

    number: int
    start: int
    minutes: int
    technicians: tuple[str, ...] = ()
    status: str = "ACTIVE"
    moved_to: int | None = None
    poa: Poa | None = None

    @property
    def end(self) -> int:
        """The end of the scheduled time."""
        return self.start + self.minutes * MINUTE


@dataclass(slots=True)
class JobState:
    """The state of a job at one moment."""

    status: str = "PENDING_SCHEDULE"
    appointments: list[Appointment] = field(default_factory=list)
    items: tuple[Item, ...] = ()
    payments: tuple[tuple[float, str, str], ...] = ()

    def set_status(self, status: str, reason_code: str = "") -> None:
        """Change the status. `reason_code`: that of the seller's own write, which the API does not show."""
        self.status = status

    def set_items(self, *items: Item) -> None:
        """Replace the items."""
        self.items = items

    def pay(self, *payments: tuple[float, str, str]) -> None:
        """Add payments: value, currency, instrument."""
        self.payments += payments

    def book(self, start: int, minutes: int, technicians: tuple[str, ...] = ()) -> None:
        """Add an appointment."""
        self.appointments.append(Appointment(len(self.appointments) + 1, start, minutes, technicians))

    def assign(self, number: int, technicians: tuple[str, ...]) -> None:
        """Replace the technicians of an appointment."""
        self.appointments[number - 1].technicians = technicians

    def move(self, number: int, start: int, minutes: int, technicians: tuple[str, ...] = (), reason_code: str = "") -> None:
        """Replace an appointment by another one. `reason_code`: that of the seller's own write, which the API does not show."""
        moved = self.appointments[number - 1]
        moved.status, moved.moved_to = "CANCELLED", len(self.appointments) + 1
        self.book(start, minutes, technicians)

    def cancel_appointment(self, number: int) -> None:
        """Cancel an appointment."""
        self.appointments[number - 1].status = "CANCELLED"

    def finish(self, number: int, poa: Poa | None) -> None:
        """Complete an appointment, with its proof."""
        self.appointments[number - 1].status = "COMPLETED"
        self.appointments[number - 1].poa = poa

    def prove(self, number: int, poa: Poa) -> None:
        """Set the proof of an appointment."""
        self.appointments[number - 1].poa = poa

    def close_appointment(self, number: int) -> None:
        """Complete an appointment and keep its proof."""
        self.appointments[number - 1].status = "COMPLETED"

    def expect_arrival(self, number: int, start: int, end: int) -> None:
        """Change nothing: the API does not show the estimated arrival, but setting it is an update."""

    @property
    def active(self) -> Appointment | None:
        """The first active appointment."""
        return next((item for item in self.appointments if item.status == "ACTIVE"), None)


class Write(NamedTuple):
    """A change that this seller has written. `number`: of the moved appointment, None where the job was cancelled."""

    at: int
    kind: str
    number: int | None
    reason_code: str


@dataclass(slots=True)
class Job:
    """A job. `index`: its place among the jobs of its UTC day of creation; day and index determine the identifiers."""

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
        """Return the state at a moment."""
        state = JobState()
        for time, name, arguments in self.changes:
            if time > moment:
                break
            getattr(state, name)(*arguments)
        return state

    def updated(self, moment: int) -> int:
        """Return the last-update time, by which the API filters and which it does not show."""
        return self.span(moment)[0]

    def span(self, moment: int) -> tuple[int, int]:
        """Return when the state of a moment begins and when it ends."""
        place = bisect_right(self.changes, moment, key=itemgetter(0))
        since = self.changes[place - 1][0] if place else 0
        return since, self.changes[place][0] if place < len(self.changes) else FOREVER

    @property
    def job_id(self) -> str:
        """The identifier of the job."""
        if not self._job_id:
            place = f"{self.index >> 12:04x}-4{self.index & 0xFFF:03x}"
            self._job_id = f"{self.day:%Y%m%d}-{place}-{self.dice[0]:04x}-{self._tail()}"
        return self._job_id

    @property
    def order_id(self) -> str:
        """The identifier of the service order."""
        return number_in_3_7_7(900 + self.dice[1] % 10, self.day, self.index)

    @property
    def product_order_id(self) -> str:
        """The identifier of the order of the items."""
        return number_in_3_7_7(100 + self.dice[2] % 20, self.day, self.index)

    @property
    def tracking_id(self) -> str:
        """The tracking identifier of the items."""
        return f"TBA{self.day.toordinal():07d}{self.index:07d}"

    def appointment_id(self, number: int) -> str:
        """Return the identifier of an appointment."""
        scrambled = (self.dice[2] << 16 | self.dice[3]) * (2 * number + 1) & 0xFFFFFFFF
        return f"{self.job_id}_{scrambled:08x}-{number:04x}-4{self.dice[4] & 0xFFF:03x}-{self.dice[5]:04x}-{self._tail()}"

    def appointment(self, appointment_id: str, moment: int) -> Appointment | None:
        """Return the appointment with this identifier, or None."""
        return next((item for item in self.at(moment).appointments if self.appointment_id(item.number) == appointment_id), None)

    def writes(self) -> Iterator[Write]:
        """Yield the changes of the generated life that are writes of this seller."""
        for time, name, arguments in self.changes:
            if name == "move" and len(arguments) == 5 and arguments[4]:
                yield Write(time, RESCHEDULE, arguments[0], arguments[4])
            elif name == "set_status" and len(arguments) == 2 and arguments[1]:
                yield Write(time, CANCEL, None, arguments[1])

    def bookings(self) -> list[int]:
        """Return start, end, booked, released of each appointment as one list; in between the latter it takes capacity."""
        result: list[int] = []
        for time, name, arguments in self.changes:
            if name == "book":
                result += (arguments[0], arguments[0] + arguments[1] * MINUTE, time, FOREVER)
            elif name == "move":
                number, start, minutes, *_ = arguments
                result[4 * number - 1] = time
                result += (start, start + minutes * MINUTE, time, FOREVER)
            elif name == "cancel_appointment":
                result[4 * arguments[0] - 1] = time
        return result

    def _tail(self) -> str:
        return f"{self.dice[1]:04x}{self.dice[2]:04x}{self.dice[3]:04x}"


def number_in_3_7_7(prefix: int, day: date, index: int) -> str:
    """Return an order number of 3, 7 and 7 digits."""
    return f"{prefix}-{day.toordinal():07d}-{index:07d}"


def place_of(job_id: str) -> tuple[date, int] | None:
    """Return day and index of the job with this identifier; None for a text of another form."""
    try:
        day, high, low, *_ = job_id.split("-")
        return date.fromisoformat(day), int(high, 16) << 12 | int(low[1:], 16)
    except ValueError:
        return None
