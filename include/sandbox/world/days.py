"""Days of new jobs: generated from the seed and the date alone, and indexed; on all cores if there are many."""

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

# weights of orders by weekday, and by hour of the UTC day: fewest when it is night on both continents
WEEK = (1.25, 1.0, 0.95, 1.0, 1.15, 1.3, 0.55)
HOURS = (5, 4, 3, 2, 2, 2, 3, 4, 5, 6, 7, 7, 7, 8, 9, 10, 10, 11, 12, 11, 10, 9, 8, 6)
# from here on, starting processes saves time
MANY_JOBS = 50_000


@dataclass(slots=True)
class Day:
    """One UTC day of new jobs: times of creation in ascending order, and dice. `kept`: the jobs themselves if they are few."""

    day: date
    created: "array[int]"
    dice: bytes
    kept: dict[int, Job] = field(default_factory=dict)

    def job(self, index: int, pool: tuple[Store, ...]) -> Job:
        """Return the job with this index. `pool`: see `company.pool`."""
        if index in self.kept:
            return self.kept[index]
        dice = memoryview(self.dice).cast("H")[index * DICE : (index + 1) * DICE]
        return live(self.day, index, self.created[index], dice, pool)


def new_day(seed: int, day: date, jobs_per_day: float) -> Day:
    """Generate a day."""
    random = Random(f"{seed}/{day}")
    season = 1 + 0.08 * cos((day.timetuple().tm_yday - 150) / 365 * 2 * pi)
    count = round(jobs_per_day * WEEK[day.weekday()] * season * random.uniform(0.85, 1.15))
    hours = random.choices(range(24), HOURS, k=count)
    created = sorted([midnight(day) + int((hour + random.random()) * HOUR) for hour in hours])
    return Day(day, array("q", created), random.randbytes(2 * DICE * count))


Table = np.ndarray


@dataclass(slots=True)
class Rows:
    """Index rows of one day as 64-bit integers; jobs are numbered from the first of the day.

    Attributes:
        changes: By marketplace: time, time of the job's next change, job.
        creations: By marketplace: time, job.
        bookings: By store: start, end, booked, released, job.
    """

    changes: dict[str, Table]
    creations: dict[str, Table]
    bookings: dict[str, Table]

    @classmethod
    def of(cls, jobs: Iterable[Job], stores: tuple[Store, ...]) -> "Rows":
        """Return the index rows of jobs."""
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
        changes = np.column_stack([time, following, np.repeat(index, change_count)])
        booked_rows = np.column_stack([np.frombuffer(bookings, np.int64).reshape(-1, 4), np.repeat(index, booking_count)])
        ids_by_store = [item.marketplace.marketplace_id for item in stores]
        marketplaces = sorted(set(ids_by_store))
        places = np.array([marketplaces.index(marketplace_id) for marketplace_id in ids_by_store])[store]
        return cls(
            _split(changes, np.repeat(places, change_count), marketplaces),
            _split(np.column_stack([created, index]), places, marketplaces),
            _split(booked_rows, np.repeat(store, booking_count), [item.store_id for item in stores]),
        )


def _split(rows: Table, places: Table, names: list[str]) -> dict[str, Table]:
    return {name: rows[places == place] for place, name in enumerate(names)}


@dataclass(frozen=True, slots=True)
class Maker:
    """Generates days; jobs created before `start` do not exist."""

    seed: int
    jobs_per_day: float
    stores: tuple[Store, ...]
    pool: tuple[Store, ...]
    start: int

    def days(self, dates: list[date]) -> Iterator[tuple[Day, Rows]]:
        """Generate days in the order of the dates, in several processes if there are many jobs."""
        if len(dates) * self.jobs_per_day < MANY_JOBS:
            yield from (self.day(day, keep=True) for day in dates)
        else:
            with ProcessPoolExecutor(mp_context=multiprocessing.get_context("fork"), initializer=gc.disable) as processes:
                yield from processes.map(self.day, dates)

    def day(self, day: date, keep: bool = False) -> tuple[Day, Rows]:
        """Generate one day. `keep`: keep its jobs as objects."""
        made = new_day(self.seed, day, self.jobs_per_day)
        indexes = [index for index, created in enumerate(made.created) if created >= self.start]
        if keep:
            made.kept = {index: made.job(index, self.pool) for index in indexes}
        return made, Rows.of((made.job(index, self.pool) for index in indexes), self.stores)
