"""The world: its jobs, found by number, identifier or time, and changed by clients.

Numbers count the jobs in the order of their creation. Jobs are stored as dice and created on demand; only those that a client
changed are stored as objects.
"""

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from include.sandbox.world.clock import Clock
from include.sandbox.world.company import Store, open_stores, pool
from include.sandbox.world.days import Day, Maker
from include.sandbox.world.job import Job, place_of
from include.sandbox.world.timeline import Bookings, Changes, Creations, Numbers
from include.sandbox.world.times import DAY, day_of, midnight


class World:
    """A world with `days` of history before the time of `clock`; later days are generated when the clock reaches them."""

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 1,
        days: int = 30,
        jobs_per_day: float = 40,
        stores: int = 6,
        countries: tuple[str, ...] = ("US", "UK"),
    ) -> None:
        self.clock, self.seed = clock, seed
        self.stores = open_stores(seed, countries, stores, jobs_per_day)
        self._pool = pool(self.stores)
        self.start = clock.now() - days * DAY
        self.marketplace_ids = sorted({store.marketplace.marketplace_id for store in self.stores})
        self._changes = {marketplace_id: Changes(3) for marketplace_id in self.marketplace_ids}
        self._creations = {marketplace_id: Creations(2) for marketplace_id in self.marketplace_ids}
        self._bookings = {store.store_id: Bookings(5) for store in self.stores}
        self.changed: dict[int, Job] = {}
        self.version = 0
        self._maker = Maker(seed, jobs_per_day, self.stores, self._pool, self.start)
        self._days: list[Day] = []
        self._firsts: list[int] = []  # number of each day's first job
        self._end = midnight(day_of(self.start))
        self._fresh = lru_cache(maxsize=20_000)(self._create)

    def now(self) -> int:
        """Return the clock's time, after generating all days up to it."""
        now = self.clock.now()
        if now >= self._end:
            self._live_until(now)
        return now

    def _live_until(self, moment: int) -> None:
        dates = [day_of(start) for start in range(self._end, moment + 1, DAY)]
        for day, rows in self._maker.days(dates):
            first = self._firsts[-1] + len(self._days[-1].created) if self._days else 0
            self._days.append(day)
            self._firsts.append(first)
            for marketplace_id in self.marketplace_ids:
                self._changes[marketplace_id].add(rows.changes[marketplace_id], first)
                self._creations[marketplace_id].add(rows.creations[marketplace_id], first)
            for store_id, bookings in self._bookings.items():
                bookings.add(rows.bookings[store_id], first)
        for index in (*self._changes.values(), *self._creations.values(), *self._bookings.values()):
            index.settle()
        self._end += len(dates) * DAY

    def job(self, number: int) -> Job:
        """Return the job with this number."""
        return self.changed.get(number) or self._fresh(number)

    def _create(self, number: int) -> Job:
        place = bisect_right(self._firsts, number) - 1
        return self._days[place].job(number - self._firsts[place], self._pool)

    def find(self, job_id: str) -> Job | None:
        """Return the job with this identifier, if it exists by now."""
        now, place = self.now(), place_of(job_id)
        if place is None:
            return None
        day, index = place
        position = (day - self._days[0].day).days
        if not 0 <= position < len(self._days) or not 0 <= index < len(self._days[position].created):
            return None
        job = self.job(self._firsts[position] + index)
        return job if self.start <= job.created <= now and job.job_id == job_id else None

    def jobs(self) -> Iterator[Job]:
        """Yield every job created by now, in the order of creation."""
        now = self.now()
        for first, day in zip(self._firsts, self._days, strict=True):
            for index, created in enumerate(day.created):
                if self.start <= created <= now:
                    yield self.job(first + index)

    def change(self, job: Job, *changes: tuple[Any, ...]) -> None:
        """Change a job now, by `(name, *arguments)` of its changes. The rest of its generated life no longer happens."""
        now = self.now()
        past = [change for change in job.changes if change[0] <= now]
        job.changes = past + [(now, name, tuple(arguments)) for name, *arguments in changes]
        position = (job.day - self._days[0].day).days
        self.changed[self._firsts[position] + job.index] = job
        self.version += 1

    def updated(self, marketplace_id: str, first: int, last: int) -> Numbers:
        """Return the sorted numbers of jobs whose newest change is in the range, both ends included."""
        now = self.now()
        numbers = self._changes[marketplace_id].updated(first, last, now)
        if not self.changed:
            return numbers
        changed = [number for number, job in self.changed.items() if job.store.marketplace.marketplace_id == marketplace_id]
        added = [number for number in changed if first <= self.changed[number].updated(now) <= last]
        return np.union1d(numbers[~np.isin(numbers, changed)], np.array(added, np.int64))

    def created(self, marketplace_id: str, first: int, last: int) -> Numbers:
        """Return the sorted numbers of jobs that were created in the range, both ends included."""
        return self._creations[marketplace_id].created(first, min(last, self.now()))

    def position(self, marketplace_id: str) -> tuple[int, int]:
        """Return a value that changes whenever a list of jobs of the marketplace can change."""
        return self._changes[marketplace_id].between(0, self.now()).stop, self.version

    def booked(self, store: Store, first: int, last: int) -> list[tuple[int, int, int]]:
        """Return `(start, end, number of the job)` of a store's ACTIVE or COMPLETED appointments that overlap a range."""
        now = self.now()
        standing = self._bookings[store.store_id].overlapping(first, last, now, list(self.changed))
        for number, job in self.changed.items():
            if job.store is store:
                kept = [item for item in job.at(now).appointments if item.status != "CANCELLED"]
                standing += [(item.start, item.end, number) for item in kept if item.start < last and item.end > first]
        return standing
