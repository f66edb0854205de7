"""Indexes over millions of jobs: when each was changed, and which capacity its appointments take. Sorted columns, no objects.

Rows are added with `add` and searched after `settle`.
"""

from __future__ import annotations

import numpy as np

from include.sandbox.world.days import Table
from include.sandbox.world.times import DAY

Numbers = np.ndarray
LONGEST_APPOINTMENT = DAY


class _Rows:
    """Rows of equally many 64-bit integers, sorted by the first."""

    def __init__(self, width: int) -> None:
        self._added = [np.empty((0, width), np.int64)]
        self.columns = self._added[0].T

    def add(self, rows: Table, numbered: int, first: int) -> None:
        """In the column `numbered`, jobs are counted from the one with the number `first`."""
        rows[:, numbered] += first
        self._added.append(rows)

    def settle(self) -> None:
        merged = np.concatenate([self.columns.T, *self._added])
        self._added = []
        self.columns = np.ascontiguousarray(merged[np.argsort(merged[:, 0], kind="stable")].T)

    def between(self, first: int, last: int) -> slice:
        """The rows whose first number is in the range, both ends included."""
        key = self.columns[0]
        return slice(int(np.searchsorted(key, first, "left")), int(np.searchsorted(key, last, "right")))


class Timeline:
    """Every moment at which a job of one marketplace changes."""

    def __init__(self) -> None:
        self._changes = _Rows(3)  # time, number of the job, time of its next change
        self._created = _Rows(2)  # time, number

    def add(self, changes: Table, creations: Table, first: int) -> None:
        """Rows of a day, see `days.Rows`; `first`: number of the day's first job."""
        self._changes.add(changes, 1, first)
        self._created.add(creations, 1, first)

    def settle(self) -> None:
        self._changes.settle()
        self._created.settle()

    def updated(self, first: int, last: int, now: int) -> Numbers:
        """Jobs whose newest change, seen from `now`, is in the range; sorted."""
        rows = self._changes.between(first, min(last, now))
        _, numbers, following = self._changes.columns
        return np.sort(numbers[rows][following[rows] > now])

    def created(self, first: int, last: int, now: int) -> Numbers:
        return np.sort(self._created.columns[1][self._created.between(first, min(last, now))])

    def position(self, now: int) -> int:
        """How many changes have happened: the list can only differ where this does."""
        return self._changes.between(0, now).stop


class Bookings:
    """The appointments of one store with the time in which each holds capacity."""

    def __init__(self) -> None:
        self._rows = _Rows(5)  # start, end, booked, released, number of the job

    def add(self, bookings: Table, first: int) -> None:
        self._rows.add(bookings, 4, first)

    def settle(self) -> None:
        self._rows.settle()

    def overlapping(self, first: int, last: int, now: int, without: list[int]) -> list[tuple[int, int, int]]:
        """`(start, end, number of the job)` of the appointments that stand at `now` and overlap the range."""
        rows = self._rows.between(first - LONGEST_APPOINTMENT, last - 1)
        start, end, booked, released, number = (column[rows] for column in self._rows.columns)
        standing = (end > first) & (booked <= now) & (now < released) & ~np.isin(number, without)
        return list(zip(*(column[standing].tolist() for column in (start, end, number)), strict=True))
