"""What a store can take: capacity scheduled, reserved, encumbered by appointments, and available.

Over a slot: the least that is scheduled, the most that is reserved, every appointment that overlaps it, and what is left of that.
"""

from __future__ import annotations

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
    scheduled: int
    available: int
    encumbered: int
    reserved: int


@dataclass(slots=True)
class Calendar:
    """What clients changed of a store's capacity: schedules that replace its opening hours, and reservations by identifier."""

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
        """Every value taken in [start, end)."""
        first = bisect_right(self.times, start) - 1
        values = self.values[max(first, 0) : bisect_right(self.times, end - 1)]
        return values if first >= 0 else [0, *values]


class StoreCapacity:
    """One store's capacity within a range, as it stands now."""

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
        scheduled = min(self.scheduled.over(start, end))
        reserved = min(scheduled, max(self.reserved.over(start, end)))
        encumbered = bisect_left(self._starts, end) - bisect_right(self._ends, start)
        return Capacity(scheduled, max(0, scheduled - reserved - encumbered), encumbered, reserved)

    def moments(self, start: int, end: int) -> list[int]:
        """Where anything changes within a range, with its start."""
        steps = (self.scheduled, self.reserved, self.encumbered)
        return sorted({start, *(time for each in steps for time in each.times if start < time < end)})


def _scheduled(store: Store, calendar: Calendar, days: list[date]) -> list[Piece]:
    """Opening hours with the whole crew; a schedule that a client gave replaces what it overlaps."""
    pieces = [(*hours, store.crew) for day in days if (hours := opening(store, day))]
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
    """`(start, end, capacity)` of the appointments of a service that can still be booked and begin in [start, end)."""
    length = service.minutes * MINUTE
    first = max(start, world.now() + 1)
    capacity = StoreCapacity(world, store, calendar, first, max(first, end) + length)
    starts = {time for day in open_days(first, end) for time in slot_starts(store, day, service.minutes)}
    wanted = sorted(time for time in starts if first <= time < end)
    return [(time, time + length, capacity.slot(time, time + length).available) for time in wanted]
