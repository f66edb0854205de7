"""Indexes over millions of jobs, as sorted columns: times of changes and of creations, and the capacity that appointments take.

Rows are added with `add` and can be searched after `settle`.
"""

import numpy as np

from include.sandbox.world.days import Table
from include.sandbox.world.times import DAY

Numbers = np.ndarray
LONGEST_APPOINTMENT = DAY


class SortedRows:
    """Rows of 64-bit integers, sorted by the first column; the last one is the number of the job."""

    def __init__(self, width: int) -> None:
        self._added = [np.empty((0, width), np.int64)]
        self.columns = self._added[0].T

    def add(self, rows: Table, first: int) -> None:
        """Add the rows of a day, see `days.Rows`. `first`: the number of the day's first job."""
        rows[:, -1] += first
        self._added.append(rows)

    def settle(self) -> None:
        """Make the added rows searchable."""
        merged = np.concatenate([self.columns.T, *self._added])
        self._added = []
        self.columns = np.ascontiguousarray(merged[np.argsort(merged[:, 0], kind="stable")].T)

    def between(self, first: int, last: int) -> slice:
        """Return the rows whose first column is in the range, both ends included."""
        key = self.columns[0]
        return slice(int(np.searchsorted(key, first, "left")), int(np.searchsorted(key, last, "right")))


class Changes(SortedRows):
    """The changes of all jobs of one marketplace: time, time of the job's next change, number of the job."""

    def updated(self, first: int, last: int, now: int) -> Numbers:
        """Return the sorted numbers of jobs whose newest change up to `now` is in the range."""
        rows = self.between(first, min(last, now))
        _, following, numbers = self.columns
        return np.sort(numbers[rows][following[rows] > now])


class Creations(SortedRows):
    """The creations of all jobs of one marketplace: time, number of the job."""

    def created(self, first: int, last: int) -> Numbers:
        """Return the sorted numbers of jobs that were created in the range, both ends included."""
        return np.sort(self.columns[1][self.between(first, last)])


class Bookings(SortedRows):
    """The appointments of one store: start, end, the times between which they take capacity, number of the job."""

    def overlapping(self, first: int, last: int, now: int, without: list[int]) -> list[tuple[int, int, int]]:
        """Return `(start, end, number of the job)` of the appointments that take capacity at `now` and overlap the range."""
        rows = self.between(first - LONGEST_APPOINTMENT, last - 1)
        start, end, booked, released, number = (column[rows] for column in self.columns)
        standing = (end > first) & (booked <= now) & (now < released) & ~np.isin(number, without)
        return list(zip(*(column[standing].tolist() for column in (start, end, number)), strict=True))
