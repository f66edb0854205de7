"""What a reader who calls the operations of slots and capacity at a moment gets: of stores, of services, of waiting jobs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from include.sandbox.api.call import Service
from include.sandbox.api.operations import CAPACITY_TYPES
from include.sandbox.truth.frame import Place, Row
from include.sandbox.world import company
from include.sandbox.world.capacity import Capacity, StoreCapacity, free_slots
from include.sandbox.world.times import HOUR

Offer = tuple[str, str, str]  # marketplace_id, store_id, asin
OfJob = tuple[str, str]  # marketplace_id, service_job_id
OfType = tuple[str, str, str]  # marketplace_id, store_id, capacity_type


class Slot(NamedTuple):
    """What is offered at a time."""

    capacity: int
    scheduling_type: str


class Range(NamedTuple):
    """A range of equal capacity. `start`: None if it had begun when the reading did."""

    start: int | None
    capacity: int


Slots = dict[tuple[int, int], Slot]  # by start and end
Ranges = dict[int, Range]  # by end


@dataclass(frozen=True, slots=True)
class Availability:
    """What was read of [`first`, `last`)."""

    first: int = 0
    last: int = 0
    capacity: dict[Place, dict[int, Capacity]] = field(default_factory=dict)
    ranges: dict[OfType, Ranges] = field(default_factory=dict)
    slots: dict[Offer, Slots] = field(default_factory=dict)
    job_slots: dict[OfJob, Slots] = field(default_factory=dict)


def read(service: Service, payloads: Iterable[Row], first: int, last: int, *, ranges: bool) -> Availability:
    """Read the availability of the stores, the services and the jobs that wait to be scheduled in these payloads.

    Args:
        service: The API.
        payloads: The jobs that the reader knows.
        first: Start of the range.
        last: Its end.
        ranges: Whether capacity is also read in ranges.
    """
    found = Availability(first, last)
    for payload in payloads:
        place = payload["marketplaceId"], payload["storeId"]
        store = service.store(place[1], place[0])
        if store is None:
            continue
        if place not in found.capacity:
            of_store = StoreCapacity(service.world, store, service.calendars[store.store_id], first, last)
            found.capacity[place] = {hour: of_store.slot(hour, hour + HOUR) for hour in range(first, last, HOUR)}
            if ranges:
                found.ranges.update({(*place, name): dict(_ranges(of_store, name, first, last)) for name in CAPACITY_TYPES})
        asin = (payload.get("scopeOfWork") or {}).get("asin")
        if asin and (*place, asin) not in found.slots and (offered := store.service(asin)):
            found.slots[(*place, asin)] = _slots(service, store, offered, first, last)
        if payload.get("serviceJobStatus") == "PENDING_SCHEDULE":
            job = service.job(payload["serviceJobId"])
            known = found.slots.get((*place, job.service.asin))
            found.job_slots[place[0], job.job_id] = known or _slots(service, job.store, job.service, first, last)
    return found


def _slots(service: Service, store: company.Store, offered: company.Service, first: int, last: int) -> Slots:
    free = free_slots(service.world, store, service.calendars[store.store_id], offered, first, last)
    return {(start, end): Slot(count, offered.scheduling_type) for start, end, count in free}


def _ranges(of_store: StoreCapacity, capacity_type: str, first: int, last: int) -> Iterator[tuple[int, Range]]:
    """Return the end of each range of one type with the range."""
    kind = capacity_type.removesuffix("_CAPACITY").lower()
    moments = of_store.moments(first, last)
    start, capacity = first, None
    for moment, until in zip(moments, [*moments[1:], last], strict=True):
        value = getattr(of_store.slot(moment, until), kind)
        if capacity is not None and value != capacity:
            yield moment, Range(start if start > first else None, capacity)
            start = moment
        capacity = value
    if capacity is not None:
        yield last, Range(start if start > first else None, capacity)
