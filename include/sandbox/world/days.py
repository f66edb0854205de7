"""Days of new jobs: made from the seed and the date alone, and indexed, on all cores where there are many."""

from __future__ import annotations

import gc
import multiprocessing
from array import array
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from math import cos, pi
from random import Random

import numpy as np

from include.sandbox.world.company import Store
from include.sandbox.world.job import Job
from include.sandbox.world.life import DICE, live
from include.sandbox.world.times import FOREVER, HOUR, midnight

# Orders by weekday, and by hour of the UTC day: fewest when it is night in both continents.
WEEK = (1.25, 1.0, 0.95, 1.0, 1.15, 1.3, 0.55)
HOURS = (5, 4, 3, 2, 2, 2, 3, 4, 5, 6, 7, 7, 7, 8, 9, 10, 10, 11, 12, 11, 10, 9, 8, 6)
# From here on, starting processes costs less than it saves.
MANY_JOBS = 50_000


@dataclass(slots=True)
class Day:
    """One UTC day of new jobs: `created` in ascending order, `dice` for each; `kept`: the jobs themselves, where they are few."""

    day: date
    created: array[int]
    dice: bytes
    kept: dict[int, Job] = field(default_factory=dict)

    def job(self, index: int, stores: tuple[Store, ...]) -> Job:
        if index in self.kept:
            return self.kept[index]
        dice = memoryview(self.dice).cast("H")[index * DICE : (index + 1) * DICE]
        return live(self.day, index, self.created[index], dice, stores)


def dawn(seed: int, day: date, jobs_per_day: float) -> Day:
    random = Random(f"{seed}/{day}")
    season = 1 + 0.2 * cos((day.timetuple().tm_yday - 150) / 365 * 2 * pi)
    count = round(jobs_per_day * WEEK[day.weekday()] * season * random.uniform(0.85, 1.15))
    hours = random.choices(range(24), HOURS, k=count)
    created = sorted([midnight(day) + int((hour + random.random()) * HOUR) for hour in hours])
    return Day(day, array("q", created), random.randbytes(2 * DICE * count))


Table = np.ndarray


@dataclass(slots=True)
class Rows:
    """Index rows of one day, 64-bit integers; the jobs in them are counted from the day's first.

    `changes` by marketplace: time, job, time of its next change. `creations` by marketplace: time, job.
    `bookings` by store: start, end, booked, released, job.
    """

    changes: dict[str, Table]
    creations: dict[str, Table]
    bookings: dict[str, Table]

    @classmethod
    def of(cls, jobs: Iterable[Job], stores: tuple[Store, ...]) -> Rows:
        heads, times, bookings = array("q"), array("q"), array("q")
        for job in jobs:
            booked = job.bookings()
            heads.extend((job.store.number, job.index, job.created, len(job.changes), len(booked) // 4))
            times.extend([change[0] for change in job.changes])
            bookings.extend(booked)
        store, index, created, change_count, booking_count = np.frombuffer(heads, np.int64).reshape(-1, 5).T
        time = np.frombuffer(times, np.int64)
        following = np.append(time, FOREVER)[1:]
        following[np.cumsum(change_count) - 1] = FOREVER
        changes = np.column_stack([time, np.repeat(index, change_count), following])
        booked_rows = np.column_stack([np.frombuffer(bookings, np.int64).reshape(-1, 4), np.repeat(index, booking_count)])
        marketplaces = sorted({each.marketplace.marketplace_id for each in stores})
        places = np.array([marketplaces.index(each.marketplace.marketplace_id) for each in stores])[store]
        return cls(
            _split(changes, np.repeat(places, change_count), marketplaces),
            _split(np.column_stack([created, index]), places, marketplaces),
            _split(booked_rows, np.repeat(store, booking_count), [each.store_id for each in stores]),
        )


def _split(rows: Table, places: Table, names: list[str]) -> dict[str, Table]:
    return {name: rows[places == place] for place, name in enumerate(names)}


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes days; jobs created before `start` do not exist."""

    seed: int
    jobs_per_day: float
    stores: tuple[Store, ...]
    start: int

    def days(self, dates: list[date]) -> Iterator[tuple[Day, Rows]]:
        if len(dates) * self.jobs_per_day < MANY_JOBS:
            yield from (self.day(day, keep=True) for day in dates)
        else:
            # Forked processes inherit the stores, and with them what is remembered about each.
            fork = multiprocessing.get_context("fork")
            with ProcessPoolExecutor(mp_context=fork, initializer=_inherit, initargs=(self,)) as processes:
                yield from processes.map(_day, dates)

    def day(self, day: date, keep: bool = False) -> tuple[Day, Rows]:
        made = dawn(self.seed, day, self.jobs_per_day)
        indexes = [index for index, created in enumerate(made.created) if created >= self.start]
        if keep:
            made.kept = {index: made.job(index, self.stores) for index in indexes}
        return made, Rows.of((made.job(index, self.stores) for index in indexes), self.stores)


_inherited: list[Maker] = []


def _inherit(maker: Maker) -> None:
    gc.disable()
    _inherited[:] = [maker]


def _day(day: date) -> tuple[Day, Rows]:
    return _inherited[0].day(day)
