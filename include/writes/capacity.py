"""Writes to a resource's capacity: reservations, which hold capacity back. The API's resource is a store."""

from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from include.privacy.words import identifier
from include.services_api import Availability, Response, ServicesClient, operations
from include.services_api.account import Account
from include.services_api.errors import OutcomeUnknown, Refusal, Refused
from include.writes import inputs
from include.writes.calendars import RESERVED, capacity_of, check_availability, occurrences
from include.writes.write import Arrival, Lookup, Sender, Write, convert_fields


@dataclass(frozen=True, kw_only=True)
class CapacityWrite(Write):
    """A write to capacity in a marketplace. `marketplace_id`: required if the connection has several."""

    marketplace_id: str | None = None

    def marketplace(self, account: Account) -> str:
        """Return the marketplace of the write.

        Raises:
            InvalidParameter: None is given, and the connection has several.
        """
        return inputs.marketplace(account, self.marketplace_id)

    @override
    def target(self, account: Account) -> dict[str, str | None]:
        return super().target(account) | {"marketplace_id": self.marketplace(account)}


@dataclass(frozen=True, kw_only=True)
class ReservationWrite(CapacityWrite):
    """Reserves `availability.capacity` (default: one) of a resource. Returns `reservation_id`."""

    target_fields = {"resource_id": "resource_id"}
    resource_id: str
    type: str
    availability: Availability

    def __post_init__(self) -> None:
        convert_fields(self, availability=inputs.availability)

    @override
    def check(self, account: Account, now: datetime) -> None:
        check_availability("availability", self.availability, self.marketplace(account), now)

    @override
    def send(self, client: ServicesClient, before: dict) -> tuple[Response, dict[str, str]]:
        response = self.request(client)
        record = response.payload
        if record.get("errors"):
            raise refused(self, client, response, record["errors"], "not reserved")
        reservation_id = (record.get("reservation") or {}).get("reservationId")
        if not reservation_id:
            raise OutcomeUnknown("answered without a reservationId.", operation=self.operation.name, account=client.account.name,
                                 request_id=response.request_id, advice=f"What to check: {self.operation.check}.")  # fmt: skip
        return response, {"reservation_id": identifier(str(reservation_id))}

    @override
    def look_up(self, client: ServicesClient, before: dict) -> Lookup:
        """Absent if less than this is reserved; otherwise undecided: the API shows no reservation ids."""
        times = occurrences(self.availability)
        reserved = capacity_of(client, self.marketplace(client.account), self.resource_id, times, RESERVED)
        is_absent = any(reserved.least(start, end) < (capacity or 1) for start, end, capacity in times)
        return Lookup(Arrival.ABSENT if is_absent else Arrival.UNDECIDED)


@dataclass(frozen=True, kw_only=True)
class CreateReservation(ReservationWrite):
    """Creates a reservation."""

    operation = operations.CREATE_RESERVATION

    @override
    def request(self, client: Sender) -> Response:
        return client.create_reservation(self.marketplace(client.account), self.resource_id, self.type, self.availability)


@dataclass(frozen=True, kw_only=True)
class UpdateReservation(ReservationWrite):
    """Moves a reservation to other times. The returned `reservation_id` is a new one; the old one becomes invalid."""

    operation = operations.UPDATE_RESERVATION
    target_fields = ReservationWrite.target_fields | {"reservation_id": "reservation_id"}
    reservation_id: str

    @override
    def request(self, client: Sender) -> Response:
        return client.update_reservation(
            self.marketplace(client.account), self.reservation_id, self.resource_id, self.type, self.availability
        )


@dataclass(frozen=True, kw_only=True)
class CancelReservation(CapacityWrite):
    """Cancels a reservation; its capacity is available again."""

    operation = operations.CANCEL_RESERVATION
    target_fields = {"reservation_id": "reservation_id"}
    not_found_means_done = True
    reservation_id: str

    @override
    def request(self, client: Sender) -> Response:
        return client.cancel_reservation(self.marketplace(client.account), self.reservation_id)


def refused(write: Write, client: ServicesClient, response: Response, errors: list[dict], problem: str) -> Refused:
    """Return the error for a request that was answered with errors in its payload."""
    refusals = tuple(Refusal(*(str(error.get(key) or "") for key in ("code", "message", "details"))) for error in errors)
    return Refused(f"{problem}.", operation=write.operation.name, account=client.account.name, refusals=refusals,
                   request_id=response.request_id)  # fmt: skip
