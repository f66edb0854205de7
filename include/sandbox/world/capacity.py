"""The capacity of a store: scheduled, reserved, encumbered by appointments, and available.

Of a slot: the least that is scheduled, the most that is reserved, the appointments that overlap it as far as there is room for
them (the generated lives of jobs do not know one another, and what is beyond is overtime), and the rest.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from include.sandbox.world.company import Service, Store
from include.sandbox.world.opening import held_back, open_days, opening, slot_starts
from include.sandbox.world.times import MINUTE
from include.sandbox.world.world import World

Piece = tuple[int, int, int]  # start, end, capacity


class Capacity(NamedTuple):
    """Capacity in appointments at a time."""

    scheduled: int
    available: int
    encumbered: int
    reserved: int


@dataclass(slots=True)
class Calendar:
    """Changes of a store's capacity by clients: the records of a schedule, which replaces opening hours, and reservations."""

    schedules: list[list[Piece]] = field(default_factory=list)
    reservations: dict[str, list[Piece]] = field(default_factory=dict)


class Steps:
    """The sum of many pieces as a function of time."""

    def __init__(self, pieces: list[Piece]) -> None:
        changes: dict[int, int] = {}
        for start, end, capacity in pieces:
            changes[start] = changes.get(start, 0) + capacity
            changes[end] = changes.get(end, 0) - capacity
        self.times = sorted(changes)
        self.values, total = [], 0
        for time in self.times:
            total += changes[time]
            self.values.append(total)

    def over(self, start: int, end: int) -> list[int]:
        """Return every value in [start, end)."""
        first = bisect_right(self.times, start) - 1
        values = self.values[max(first, 0) : bisect_right(self.times, end - 1)]
        return values if first >= 0 else [0, *values]


class StoreCapacity:
    """The current capacity of one store within a range."""

    def __init__(self, world: World, store: Store, calendar: Calendar, start: int, end: int) -> None:
        days = open_days(start, end)
        booked = [(first, last, 1) for first, last, _ in world.booked(store, start, end)]
        self._starts = sorted(first for first, *_ in booked)
        self._ends = sorted(last for _, last, _ in booked)
        self.scheduled = Steps(_scheduled(store, calendar, days))
        own = [piece for day in days for piece in held_back(store, day)]
        self.reserved = Steps(own + [piece for pieces in calendar.reservations.values() for piece in pieces])
        self.encumbered = Steps(booked)

    def slot(self, start: int, end: int) -> Capacity:
        """Return the capacity of a slot."""
        scheduled = min(self.scheduled.over(start, end))
        reserved = min(scheduled, max(self.reserved.over(start, end)))
        overlapping = bisect_left(self._starts, end) - bisect_right(self._ends, start)
        encumbered = min(overlapping, scheduled - reserved)
        return Capacity(scheduled, scheduled - reserved - encumbered, encumbered, reserved)

    def moments(self, start: int, end: int) -> list[int]:
        """Return the start of a range, and the moments at which capacity changes within it."""
        steps = (self.scheduled, self.reserved, self.encumbered)
        return sorted({start, *(time for step in steps for time in step.times if start < time < end)})


def _scheduled(store: Store, calendar: Calendar, days: list[date]) -> list[Piece]:
    """Return the schedule of a client, of whose records the later ones apply; without one, opening hours with the whole crew."""
    pieces = [] if calendar.schedules else [(*hours, store.crew) for day in days if (hours := opening(store, day))]
    for schedule in calendar.schedules:
        for start, end, _ in schedule:
            pieces = [kept for piece in pieces for kept in _outside(piece, start, end)]
        pieces += schedule
    return pieces


def _outside(piece: Piece, start: int, end: int) -> list[Piece]:
    first, last, capacity = piece
    if last <= start or first >= end:
        return [piece]
    return [part for part in ((first, start, capacity), (end, last, capacity)) if part[0] < part[1]]


def free_slots(world: World, store: Store, calendar: Calendar, service: Service, start: int, end: int) -> list[Piece]:
    """Return `(start, end, capacity)` of the slots of a service that are in the future and begin in [start, end)."""
    length = service.minutes * MINUTE
    first = max(start, world.now() + 1)
    capacity = StoreCapacity(world, store, calendar, first, max(first, end) + length)
    starts = {time for day in open_days(first, end) for time in slot_starts(store, day, service.minutes)}
    times = sorted(time for time in starts if first <= time < end)
    return [(time, time + length, capacity.slot(time, time + length).available) for time in times]
