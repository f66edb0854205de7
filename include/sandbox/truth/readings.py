"""What somebody who reads the API at certain moments can know: what changed twice in between was seen once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from include.sandbox.api.call import Service
from include.sandbox.truth.demand import Place
from include.sandbox.truth.told import Flaws, Row, told
from include.sandbox.world.capacity import Capacity, StoreCapacity, free_slots
from include.sandbox.world.times import DAY, HOUR

HORIZON = 14 * DAY

Offer = tuple[str, str, str]  # marketplace_id, store_id, asin
Slots = dict[tuple[int, int], int]  # capacity by start and end


@dataclass(frozen=True, slots=True)
class Reading:
    """All jobs as they were told at a `moment`; capacity and slots of [`first`, `last`), where they were read."""

    moment: int
    payloads: dict[str, Row]
    first: int = 0
    last: int = 0
    capacity: dict[Place, dict[int, Capacity]] = field(default_factory=dict)
    slots: dict[Offer, Slots] = field(default_factory=dict)


def read_jobs(service: Service, flaws: Flaws) -> Reading:
    now = service.world.now()
    return Reading(now, {job.job_id: told(job, now, flaws) for job in service.world.jobs()})


def with_availability(reading: Reading, service: Service, named: Iterable[Row], first: int, last: int) -> Reading:
    """`named`: the payloads from which the reader knows the stores and what they offer."""
    capacity, slots = {}, {}
    offers = {(job["marketplaceId"], job["storeId"], (job.get("scopeOfWork") or {}).get("asin")) for job in named}
    for marketplace_id, store_id, asin in offers:
        store = service.store(store_id, marketplace_id)
        calendar = service.calendars[store_id]
        if (marketplace_id, store_id) not in capacity:
            known = StoreCapacity(service.world, store, calendar, first, last)
            capacity[marketplace_id, store_id] = {hour: known.slot(hour, hour + HOUR) for hour in range(first, last, HOUR)}
        if asin:
            free = free_slots(service.world, store, calendar, store.service(asin), first, last)
            slots[marketplace_id, store_id, asin] = {(start, end): count for start, end, count in free}
    return Reading(reading.moment, reading.payloads, first, last, capacity, slots)


def versions(readings: list[Reading], of: Callable[[Reading], dict]) -> dict[object, list[tuple[int, object]]]:
    """For each key the moments at which something new was read of it; None where it was read before and is there no more."""
    known: dict[object, list[tuple[int, object]]] = {}
    for reading in readings:
        read = of(reading)
        for key in known.keys() | read.keys():
            history = known.setdefault(key, [])
            if not history or history[-1][1] != read.get(key):
                history.append((reading.moment, read.get(key)))
    return known
