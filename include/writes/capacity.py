"""Writes to a resource's capacity: its schedule, and reservations that hold capacity back. The resource of the API is a store."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from include.privacy.words import identifier
from include.services_api import Answer, Availability, ServicesClient, operations
from include.services_api.account import Account
from include.services_api.errors import OutcomeUnknown, Refusal, Refused
from include.services_api.parameters import refuse
from include.services_api.writes import Writes
from include.writes import inputs
from include.writes.calendars import check_availability, occurrences, reserved_capacity, scheduled_capacity
from include.writes.write import Seen, Trace, Write, set_fields


@dataclass(frozen=True, kw_only=True)
class CapacityWrite(Write):
    """`marketplace_id`: the connection's only one, where nothing is given."""

    marketplace_id: str | None = None

    def marketplace(self, account: Account) -> str:
        return inputs.marketplace(account, self.marketplace_id)

    def target(self, account: Account) -> dict[str, str | None]:
        return {"marketplace_id": self.marketplace(account)}


@dataclass(frozen=True, kw_only=True)
class UpdateSchedule(CapacityWrite):
    """When capacity is there. It takes the place of what was scheduled in these times. Days of a recurrence are those of UTC.

    `part_of`: the whole list, where `schedules` is what lies ahead of it. It stays the same write while its times pass.
    """

    operation = operations.UPDATE_SCHEDULE
    resource_id: str
    schedules: Iterable[Availability]
    part_of: tuple[Availability, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.schedules, (str, dict)) or not isinstance(self.schedules, Iterable):
            raise refuse("schedules", "a list of objects with start and end", self.schedules)
        read = [inputs.availability(f"schedules[{place}]", one) for place, one in enumerate(self.schedules)]
        object.__setattr__(self, "schedules", tuple(read))

    def target(self, account: Account) -> dict[str, str | None]:
        return super().target(account) | {"resource_id": self.resource_id}

    def wish(self, account: Account) -> list:
        *place, body = super().wish(account)
        return [*place, {"schedules": [one.body() for one in self.part_of]} if self.part_of else body]

    def request(self, client: Writes) -> Answer:
        return client.update_schedule(self.marketplace(client.account), self.resource_id, self.schedules)

    def send(self, client: ServicesClient) -> tuple[Answer, dict[str, str]]:
        answer = self.request(client)
        refused = [one for record in _records(answer) for one in record.get("errors") or []]
        if refused:
            raise _refused(self, client, answer, refused, "a part of the schedule was refused, the rest was taken")
        return answer, {}

    def check(self, account: Account, now: datetime) -> None:
        for place, schedule in enumerate(self.schedules):
            check_availability(f"schedules[{place}]", schedule, self.marketplace(account), now)

    def look(self, client: ServicesClient, before: dict) -> Seen:
        """By the capacity that is scheduled in these times, where all of them say how much."""
        wanted = [one for schedule in self.schedules for one in occurrences(schedule)]
        if any(capacity is None for _, _, capacity in wanted):
            return Seen(Trace.UNDECIDED, {})
        shown = scheduled_capacity(client, self.marketplace(client.account), self.resource_id, wanted)
        # where its own parts overlap, the last of them counts
        differs = any(shown.differs(start, end, capacity) for start, end, capacity in wanted)
        return Seen(Trace.UNDECIDED if differs else Trace.ARRIVED, {})


@dataclass(frozen=True, kw_only=True)
class ReservationWrite(CapacityWrite):
    """Holds `availability.capacity` (default: one) of a resource back. Gives `reservation_id`."""

    resource_id: str
    type: str
    availability: Availability

    def __post_init__(self) -> None:
        set_fields(self, availability=inputs.availability)

    def target(self, account: Account) -> dict[str, str | None]:
        return super().target(account) | {"resource_id": self.resource_id}

    def check(self, account: Account, now: datetime) -> None:
        check_availability("availability", self.availability, self.marketplace(account), now)

    def send(self, client: ServicesClient) -> tuple[Answer, dict[str, str]]:
        answer = self.request(client)
        record = answer.payload if isinstance(answer.payload, dict) else {}
        if record.get("errors"):
            raise _refused(self, client, answer, record["errors"], "not reserved")
        reservation_id = (record.get("reservation") or {}).get("reservationId")
        if not reservation_id:
            # it says neither what was done nor why not
            raise OutcomeUnknown("answered without a reservationId.", operation=self.operation.name, account=client.account.name,
                                 request_id=answer.request_id, advice=f"What to check: {self.operation.check}.")  # fmt: skip
        return answer, {"reservation_id": identifier(str(reservation_id))}

    def look(self, client: ServicesClient, before: dict) -> Seen:
        """Where less than this is reserved, it did not arrive. That it did, and under which id, nothing shows."""
        wanted = occurrences(self.availability)
        shown = reserved_capacity(client, self.marketplace(client.account), self.resource_id, wanted)
        absent = any(shown.least(start, end) < (capacity or 1) for start, end, capacity in wanted)
        return Seen(Trace.ABSENT if absent else Trace.UNDECIDED, {})


@dataclass(frozen=True, kw_only=True)
class CreateReservation(ReservationWrite):
    operation = operations.CREATE_RESERVATION

    def request(self, client: Writes) -> Answer:
        return client.create_reservation(self.marketplace(client.account), self.resource_id, self.type, self.availability)


@dataclass(frozen=True, kw_only=True)
class UpdateReservation(ReservationWrite):
    """Other times for a reservation. The answer's `reservation_id` is a new one, and the old one is void."""

    operation = operations.UPDATE_RESERVATION
    reservation_id: str

    def target(self, account: Account) -> dict[str, str | None]:
        return super().target(account) | {"reservation_id": self.reservation_id}

    def request(self, client: Writes) -> Answer:
        return client.update_reservation(
            self.marketplace(client.account), self.reservation_id, self.resource_id, self.type, self.availability
        )


@dataclass(frozen=True, kw_only=True)
class CancelReservation(CapacityWrite):
    """What was held back is available again."""

    operation = operations.CANCEL_RESERVATION
    not_found_means_done = True
    reservation_id: str

    def target(self, account: Account) -> dict[str, str | None]:
        return super().target(account) | {"reservation_id": self.reservation_id}

    def request(self, client: Writes) -> Answer:
        return client.cancel_reservation(self.marketplace(client.account), self.reservation_id)


def _records(answer: Answer) -> list[dict]:
    return [one for one in answer.payload if isinstance(one, dict)] if isinstance(answer.payload, list) else []


def _refused(write: Write, client: ServicesClient, answer: Answer, errors: list[dict], problem: str) -> Refused:
    refusals = tuple(Refusal(*(str(one.get(key) or "") for key in ("code", "message", "details"))) for one in errors)
    return Refused(f"{problem}.", operation=write.operation.name, account=client.account.name, refusals=refusals,
                   request_id=answer.request_id)  # fmt: skip
