"""Indexes over millions of jobs, as sorted columns: times of changes, and the capacity that appointments take.

Rows are added with `add` and can be searched after `settle`.
"""

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
        """Add rows; in the column `numbered`, jobs are counted from the number `first`."""
        rows[:, numbered] += first
        self._added.append(rows)

    def settle(self) -> None:
        """Sort the added rows in."""
        merged = np.concatenate([self.columns.T, *self._added])
        self._added = []
        self.columns = np.ascontiguousarray(merged[np.argsort(merged[:, 0], kind="stable")].T)

    def between(self, first: int, last: int) -> slice:
        """Return the rows whose first column is in the range, both ends included."""
        key = self.columns[0]
        return slice(int(np.searchsorted(key, first, "left")), int(np.searchsorted(key, last, "right")))


class Timeline:
    """The creations and changes of all jobs of one marketplace."""

    def __init__(self) -> None:
        self._changes = _Rows(3)  # time, number of the job, time of its next change
        self._created = _Rows(2)  # time, number

    def add(self, changes: Table, creations: Table, first: int) -> None:
        """Add the rows of a day, see `days.Rows`. `first`: the number of the day's first job."""
        self._changes.add(changes, 1, first)
        self._created.add(creations, 1, first)

    def settle(self) -> None:
        """Make the added rows searchable."""
        self._changes.settle()
        self._created.settle()

    def updated(self, first: int, last: int, now: int) -> Numbers:
        """Return the sorted numbers of jobs whose newest change up to `now` is in the range."""
        rows = self._changes.between(first, min(last, now))
        _, numbers, following = self._changes.columns
        return np.sort(numbers[rows][following[rows] > now])

    def created(self, first: int, last: int, now: int) -> Numbers:
        """Return the sorted numbers of jobs that were created in the range, up to `now`."""
        return np.sort(self._created.columns[1][self._created.between(first, min(last, now))])

    def position(self, now: int) -> int:
        """Return the number of changes up to `now`: without a new change, lists stay the same."""
        return self._changes.between(0, now).stop


class Bookings:
    """The appointments of one store, with the times in which they take capacity."""

    def __init__(self) -> None:
        self._rows = _Rows(5)  # start, end, booked, released, number of the job

    def add(self, bookings: Table, first: int) -> None:
        """Add the rows of a day. `first`: the number of the day's first job."""
        self._rows.add(bookings, 4, first)

    def settle(self) -> None:
        """Make the added rows searchable."""
        self._rows.settle()

    def overlapping(self, first: int, last: int, now: int, without: list[int]) -> list[tuple[int, int, int]]:
        """Return `(start, end, number of the job)` of the appointments that take capacity at `now` and overlap the range."""
        rows = self._rows.between(first - LONGEST_APPOINTMENT, last - 1)
        start, end, booked, released, number = (column[rows] for column in self._rows.columns)
        standing = (end > first) & (booked <= now) & (now < released) & ~np.isin(number, without)
        return list(zip(*(column[standing].tolist() for column in (start, end, number)), strict=True))
