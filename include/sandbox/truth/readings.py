"""What a reader who calls the API at certain moments can know: of several changes between two readings, only the last."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from include.sandbox.api.call import Service
from include.sandbox.truth.demand import Place
from include.sandbox.truth.frame import Row
from include.sandbox.truth.observed import Flaws, observed_payload
from include.sandbox.world.capacity import Capacity, StoreCapacity, free_slots
from include.sandbox.world.times import DAY, HOUR

HORIZON = 14 * DAY

K = TypeVar("K")
V = TypeVar("V")
Offer = tuple[str, str, str]  # marketplace_id, store_id, asin
Slots = dict[tuple[int, int], int]  # capacity by start and end


@dataclass(frozen=True, slots=True)
class Reading:
    """The payloads of all jobs at a `moment`; capacity and slots of [`first`, `last`), if they were read."""

    moment: int
    payloads: dict[str, Row]
    first: int = 0
    last: int = 0
    capacity: dict[Place, dict[int, Capacity]] = field(default_factory=dict)
    slots: dict[Offer, Slots] = field(default_factory=dict)


@dataclass(slots=True)
class Reader:
    """A reader of the API and the readings that it noted. `flaws`: see `observed_payload`."""

    service: Service
    flaws: Flaws
    readings: list[Reading] = field(default_factory=list)

    def note(self, availability: bool) -> None:
        """Read all jobs now and, with `availability`, the future of the stores and services in the previous reading."""
        reading = self._read_jobs()
        if availability:
            previous = self.readings[-1] if self.readings else reading
            first = reading.moment // HOUR * HOUR
            reading = self._with_availability(reading, previous.payloads.values(), first, first + HORIZON)
        self.readings.append(reading)

    def present(self, first: int, last: int) -> Reading:
        """Read all jobs now, and the availability of [`first`, `last`)."""
        reading = self._read_jobs()
        return self._with_availability(reading, reading.payloads.values(), first, last)

    def _read_jobs(self) -> Reading:
        now = self.service.world.now()
        jobs = self.service.world.jobs()
        return Reading(now, {job.job_id: observed_payload(job, now, self.flaws) for job in jobs})

    def _with_availability(self, reading: Reading, payloads: Iterable[Row], first: int, last: int) -> Reading:
        """Add the availability of the stores and services in these payloads."""
        capacity: dict[Place, dict[int, Capacity]] = {}
        slots: dict[Offer, Slots] = {}
        world = self.service.world
        offers: set[tuple[str, str, str | None]] = {
            (job["marketplaceId"], job["storeId"], (job.get("scopeOfWork") or {}).get("asin")) for job in payloads
        }
        for marketplace_id, store_id, asin in offers:
            store, calendar = self.service.store(store_id, marketplace_id), self.service.calendars[store_id]
            if store is None:
                continue
            if (marketplace_id, store_id) not in capacity:
                of_store = StoreCapacity(world, store, calendar, first, last)
                capacity[marketplace_id, store_id] = {hour: of_store.slot(hour, hour + HOUR) for hour in range(first, last, HOUR)}
            if asin and (offered := store.service(asin)):
                free = free_slots(world, store, calendar, offered, first, last)
                slots[marketplace_id, store_id, asin] = {(start, end): count for start, end, count in free}
        return Reading(reading.moment, reading.payloads, first, last, capacity, slots)


def versions(readings: list[Reading], values: Callable[[Reading], dict[K, V]]) -> dict[K, list[tuple[int, V | None]]]:
    """Return the distinct consecutive values of each key, with the moments at which they were read; None once a key is gone."""
    histories: dict[K, list[tuple[int, V | None]]] = {}
    for reading in readings:
        current = values(reading)
        for key in histories.keys() | current.keys():
            history = histories.setdefault(key, [])
            if not history or history[-1][1] != current.get(key):
                history.append((reading.moment, current.get(key)))
    return histories
