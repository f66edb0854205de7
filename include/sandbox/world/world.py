"""The world: its days of jobs, found by number, identifier or time, and changed by clients.

A job's number counts the jobs in the order of their creation. Jobs are kept as dice and created on demand; only those that a
client changed are kept as they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from include.sandbox.world.clock import Clock
from include.sandbox.world.company import Store, found
from include.sandbox.world.days import Day, Maker
from include.sandbox.world.job import Job, place_of
from include.sandbox.world.timeline import Bookings, Numbers, Timeline
from include.sandbox.world.times import DAY, day_of, midnight


class World:
    """`days` of history before the clock, seen through `clock`; days to come are made when the clock reaches them."""

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
        self.stores = found(seed, countries, stores, jobs_per_day)
        self.start = clock.now() - days * DAY
        self.timelines = {store.marketplace.marketplace_id: Timeline() for store in self.stores}
        self.bookings = {store.store_id: Bookings() for store in self.stores}
        self.changed: dict[int, Job] = {}
        self.version = 0
        self._maker = Maker(seed, jobs_per_day, self.stores, self.start)
        self._days: list[Day] = []
        self._firsts: list[int] = []  # number of each day's first job
        self._end = midnight(day_of(self.start))
        self._fresh = lru_cache(maxsize=20_000)(self._create)

    def now(self) -> int:
        """The clock's time; every day up to it is there."""
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
            for marketplace_id, changes in rows.changes.items():
                self.timelines[marketplace_id].add(changes, rows.creations[marketplace_id], first)
            for store_id, bookings in rows.bookings.items():
                self.bookings[store_id].add(bookings, first)
        for index in (*self.timelines.values(), *self.bookings.values()):
            index.settle()
        self._end += len(dates) * DAY

    def job(self, number: int) -> Job:
        return self.changed.get(number) or self._fresh(number)

    def _create(self, number: int) -> Job:
        place = bisect_right(self._firsts, number) - 1
        return self._days[place].job(number - self._firsts[place], self.stores)

    def number_of(self, identifier: str) -> int | None:
        """The job that a job, order, product order or tracking identifier belongs to, if it has been created by now."""
        now, place = self.now(), place_of(identifier)
        if place is None:
            return None
        day, index = place
        position = (day - self._days[0].day) // timedelta(days=1)
        if not 0 <= position < len(self._days) or not 0 <= index < len(self._days[position].created):
            return None
        number = self._firsts[position] + index
        job = self.job(number)
        names = (job.job_id, job.order_id, job.product_order_id, job.tracking_id)
        return number if self.start <= job.created <= now and identifier in names else None

    def find(self, job_id: str) -> Job | None:
        number = self.number_of(job_id)
        job = None if number is None else self.job(number)
        return job if job and job.job_id == job_id else None

    def jobs(self) -> Iterator[Job]:
        """Every job created by now, in the order of creation."""
        now = self.now()
        for first, day in zip(self._firsts, self._days, strict=True):
            for index, created in enumerate(day.created):
                if self.start <= created <= now:
                    yield self.job(first + index)

    def change(self, job: Job, *changes: tuple[Any, ...]) -> None:
        """A client's doing, now: `(name, *arguments)` each. What the job's own life still held for it no longer happens."""
        now = self.now()
        past = [change for change in job.changes if change[0] <= now]
        job.changes = past + [(now, name, arguments) for name, *arguments in changes]
        number = self.number_of(job.job_id)
        assert number is not None
        self.changed[number] = job
        self.version += 1

    def updated(self, marketplace_id: str, first: int, last: int) -> Numbers:
        """Numbers of the jobs whose newest change is in the range, both ends included; ascending."""
        now = self.now()
        numbers = self.timelines[marketplace_id].updated(first, last, now)
        if not self.changed:
            return numbers
        changed = [number for number, job in self.changed.items() if job.store.marketplace.marketplace_id == marketplace_id]
        added = [number for number in changed if first <= self.changed[number].updated(now) <= last]
        return np.union1d(numbers[~np.isin(numbers, changed)], np.array(added, np.int64))

    def created(self, marketplace_id: str, first: int, last: int) -> Numbers:
        return self.timelines[marketplace_id].created(first, last, self.now())

    def position(self, marketplace_id: str) -> tuple[int, int]:
        """Equal positions mean equal lists."""
        return self.timelines[marketplace_id].position(self.now()), self.version

    def booked(self, store: Store, first: int, last: int) -> list[tuple[int, int, int]]:
        """`(start, end, number of the job)` of a store's appointments, ACTIVE or COMPLETED, that overlap a range of seconds."""
        now = self.now()
        standing = self.bookings[store.store_id].overlapping(first, last, now, list(self.changed))
        for number, job in self.changed.items():
            if job.store is store:
                kept = [each for each in job.at(now).appointments if each.status != "CANCELLED"]
                standing += [(each.start, each.end, number) for each in kept if each.start < last and each.end > first]
        return standing
