"""The operations that change the capacity of a store: schedules and reservations."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from include.sandbox.api.call import Call, Service
from include.sandbox.api.errors import error, missing_or_invalid, not_found
from include.sandbox.api.operations import DAYS_OF_WEEK
from include.sandbox.world.capacity import Calendar, Piece, StoreCapacity
from include.sandbox.world.company import Store
from include.sandbox.world.times import DAY, MINUTE, from_iso

# of a schedule or reservation, with all its recurrences
LONGEST_DAYS = 2 * 366
# shortest duration of a schedule in minutes, by country; 5 elsewhere
SHORTEST = {"UK": 30, "DE": 30}
UNKNOWN_RESOURCE = {"errors": [error("Invalid request parameters: [resourceId]")]}


def update_schedule(service: Service, call: Call) -> dict[str, Any]:
    """Replace the whole schedule of a store. The answer warns of records that overlap with the earlier schedule of a client."""
    store = service.store(call.path["resourceId"], call.marketplace_id)
    if store is None:
        return UNKNOWN_RESOURCE
    calendar = service.calendars[store.store_id]
    expanded = [_pieces(record, store, store.crew, "schedules") for record in call.body["schedules"]]
    records = []
    for record, pieces in zip(call.body["schedules"], expanded, strict=True):
        if any(_overlap(piece, other) for piece in pieces for earlier in calendar.schedules for other in earlier):
            message = "This AvailabilityRecord will override the current schedule as the time-ranges overlap"
            records.append({"availability": record, "warnings": [{"code": "ScheduleOverride", "message": message}]})
    calendar.schedules = expanded
    return {"payload": records} if records else {}


def create_reservation(service: Service, call: Call) -> dict[str, Any]:
    """Reserve capacity of a store."""
    store = service.store(call.body["resourceId"], call.marketplace_id)
    return _reserve(service, store, call.body["reservation"]) if store else UNKNOWN_RESOURCE


def update_reservation(service: Service, call: Call) -> dict[str, Any]:
    """Move a reservation to other times; it gets a new identifier, and the old one becomes invalid."""
    reservation_id = call.path["reservationId"]
    store = service.store(call.body["resourceId"], call.marketplace_id)
    if _store_of(service, reservation_id) is None:
        raise not_found(f"Could not find reservation with ID: [{reservation_id}]")
    if store is None or reservation_id not in service.calendars[store.store_id].reservations:
        return UNKNOWN_RESOURCE
    capacity = service.calendars[store.store_id].reservations[reservation_id][0][2]
    reserved = call.body["reservation"]
    kept = {"availability": {"capacity": capacity} | reserved["availability"]}
    return _reserve(service, store, reserved | kept, replaced=reservation_id)


def cancel_reservation(service: Service, call: Call) -> None:
    """Delete a reservation."""
    store_id = _store_of(service, call.path["reservationId"])
    if store_id is None:
        raise not_found("Reservation does not exist")
    del service.calendars[store_id].reservations[call.path["reservationId"]]


def _reserve(service: Service, store: Store, reservation: dict[str, Any], replaced: str | None = None) -> dict[str, Any]:
    """Reserve capacity if enough is available at every moment; otherwise answer with the reservation and an error."""
    pieces = _pieces(reservation["availability"], store, 1, "reservation")
    calendar = service.calendars[store.store_id]
    others = {name: held for name, held in calendar.reservations.items() if name != replaced}
    capacity = StoreCapacity(service.world, store, Calendar(calendar.schedules, others), pieces[0][0], pieces[-1][1])
    if any(capacity.slot(start, end).available < needed for start, end, needed in pieces):
        message = "The resource does not have the requested capacity available in the time range"
        return {"payload": {"reservation": reservation, "errors": [error(message)]}}
    reservation_id = str(uuid4())
    calendar.reservations = others | {reservation_id: pieces}
    return {"payload": {"reservation": reservation | {"reservationId": reservation_id}}}


def _store_of(service: Service, reservation_id: str) -> str | None:
    return next((store for store, calendar in service.calendars.items() if reservation_id in calendar.reservations), None)


def _overlap(piece: Piece, other: Piece) -> bool:
    return piece[0] < other[1] and piece[1] > other[0]


def _pieces(record: dict[str, Any], store: Store, capacity: int, name: str) -> list[Piece]:
    """Return every occurrence of an availability record; raise a 400 for an invalid one."""
    start, end = from_iso(record["startTime"]), from_iso(record["endTime"])
    capacity = record.get("capacity", capacity)
    shortest = SHORTEST.get(store.marketplace.country_code, 5) * MINUTE
    if not shortest <= end - start <= LONGEST_DAYS * DAY:
        raise missing_or_invalid(name)
    recurrence = record.get("recurrence")
    if recurrence is None:
        return [(start, end, capacity)]
    days = (from_iso(recurrence["endTime"]) - start) // DAY + 1
    if not 1 <= days <= LONGEST_DAYS or end - start > DAY:
        raise missing_or_invalid(name)
    # days of the week and month are those of the offset in which the record is written
    first = datetime.fromisoformat(record["startTime"])
    steps = [step for step in range(days) if _recurs(first + timedelta(days=step), recurrence)]
    if not steps:
        raise missing_or_invalid(name)
    return [(start + step * DAY, end + step * DAY, capacity) for step in steps]


def _recurs(day: datetime, recurrence: dict[str, Any]) -> bool:
    weekdays, month_days = recurrence.get("daysOfWeek"), recurrence.get("daysOfMonth")
    return (not weekdays or DAYS_OF_WEEK[day.weekday()] in weekdays) and (not month_days or day.day in month_days)
