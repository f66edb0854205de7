"""The generated life of a job: from its dice to its list of changes.

Every decision takes the next die, a share from 0 to 1. So a job is stored as 48 dice (a long life repeats them), and the
same dice always make the same life.
"""

from collections.abc import Callable
from datetime import date
from itertools import cycle
from math import log
from operator import itemgetter

from include.sandbox.world.company import HABITS, NOBODY, Store, Team
from include.sandbox.world.job import Item, Job, Poa
from include.sandbox.world.opening import can_start, next_open_slot
from include.sandbox.world.times import DAY, HOUR, MINUTE

SHARES = [side / 65_536 for side in range(65_536)]
DICE = 48

POA_KINDS = ("CUSTOMER_SIGNATURE",) * 9 + ("POA_RECEIPT",) * 5 + ("NO_SIGNATURE_DUMMY_POS", "DUMMY_RECEIPT") * 2 + (None,)
INSTRUMENTS = ("CREDIT_CARD", "GIFT_CARD", "BANK_ACCOUNT")
# delays in seconds around which the warehouse judges differently: the grace period and the ends of the lateness bands
BORDERS = tuple(minutes * MINUTE + second for minutes in (0, 15, 30, 60) for second in (-1, 0, 1))
NOTHING_KNOWN = Item("ACTIVE", None)


def live(day: date, index: int, created: int, dice: memoryview, stores: tuple[Store, ...]) -> Job:
    """Return the job of a day and index with all its changes."""
    store = stores[dice[6] % len(stores)]
    job = Job(day, index, created, dice, store, store.services[dice[7] % len(store.services)])
    _Life(job, cycle(map(SHARES.__getitem__, dice[8:])).__next__).run()
    job.changes.sort(key=itemgetter(0))
    return job


class _Life:
    """One run through a life. `now` moves forward; `number`, `start` and `team` are those of the current appointment."""

    __slots__ = ("job", "minutes", "now", "number", "record", "roll", "start", "team")

    def __init__(self, job: Job, roll: Callable[[], float]) -> None:
        self.job, self.roll, self.record = job, roll, job.changes.append
        self.now, self.minutes = job.created, job.service.minutes
        self.number = self.start = 0
        self.team = NOBODY

    def run(self) -> None:
        """Record all changes."""
        roll = self.roll
        fate = roll()
        self._receive_order()
        if fate < 0.02:
            self._wait(HOUR, 6 * HOUR)
            return self.record((self.now, "set_status", ("PAYMENT_DECLINED",)))
        if fate < 0.05:
            self._wait(HOUR, DAY)
            self.record((self.now, "set_status", ("HOLD",)))
            if fate < 0.03:
                return None
            self._wait(HOUR, 2 * DAY)
            self.record((self.now, "set_status", ("NOT_SERVICED" if self.number else "PENDING_SCHEDULE",)))
        if fate > 0.97:
            return self._end_early(cancelled=0.7)
        if not self.number:
            if fate > 0.94:
                return None
            self._wait(HOUR, 3 * DAY)
            self._book()
        self._assign()
        if roll() < 0.06:
            return self._end_early(cancelled=0.8)
        for likely in (0.17, 0.3, 0.3):
            if roll() >= likely:
                break
            self._move(self.now + max(MINUTE, int((self.start - self.now) * (0.3 + 0.6 * roll()))))
        return self._visit(may_return=True)

    def _receive_order(self) -> None:
        job, roll = self.job, self.roll
        self.record((self.now, "set_status", ("PENDING_SCHEDULE",)))
        if roll() < 0.6:
            first = next_open_slot(job.store, self.now, self.minutes, 2 + int(6 * roll()), roll())
            job.preferred = tuple(range(first, first + (1 + int(3 * roll())) * DAY, DAY))
        if roll() < 0.6:
            self._order_items(1 + (roll() < 0.3))
        if roll() < 0.35:
            self._book()

    def _order_items(self, count: int) -> None:
        """Order items; only the first one has a delivery, which is three days late in one of six cases."""
        roll, others = self.roll, (NOTHING_KNOWN,) * (count - 1)
        estimated = self.now + int((1 + 7 * roll()) * DAY)
        late = estimated + 3 * DAY if roll() < 0.16 else estimated
        self.record((self.now, "set_items", (Item("ACTIVE", estimated), *others)))
        self.record((estimated - DAY, "set_items", (Item("SHIPPED", late), *others)))
        if roll() < 0.9:
            self.record((late + int(8 * HOUR * roll()), "set_items", (Item("DELIVERED", late), *others)))

    def _book(self) -> None:
        preferred = [start for start in self.job.preferred if start > self.now]
        if preferred and self.roll() < 0.6 and can_start(self.job.store, preferred[0], self.minutes):
            self.start = preferred[0]
        else:
            self.start = self._free_slot(within_days=9)
        self.number += 1
        self.team = NOBODY
        self.record((self.now, "book", (self.start, self.minutes)))
        self.record((self.now, "set_status", ("NOT_SERVICED",)))

    def _free_slot(self, within_days: int) -> int:
        ahead = 1 + int(within_days * self.roll())
        return next_open_slot(self.job.store, self.now, self.minutes, ahead, self.roll())

    def _assign(self) -> None:
        if self.roll() < 0.94:
            self.team = self._any_team()
            when = min(self.now + int((1 + 19 * self.roll()) * HOUR), self.start - HOUR // 2)
            self.record((max(self.now, when), "assign", (self.number, self.team.technician_ids)))

    def _any_team(self) -> Team:
        teams = self.job.store.teams
        return teams[int(len(teams) * self.roll())]

    def _move(self, when: int) -> None:
        """Reschedule the appointment; half of the time it keeps its technicians."""
        self.now = when
        self.start = self._free_slot(within_days=5)
        if self.roll() < 0.5:
            self.team = NOBODY
        self.record((self.now, "move", (self.number, self.start, self.minutes, self.team.technician_ids)))
        self.number += 1
        if self.team is NOBODY:
            self._assign()

    def _end_early(self, cancelled: float) -> None:
        """End the job as cancelled or not fulfillable before a visit; some appointments stay ACTIVE."""
        if self.number:
            self.now += max(HOUR, int((self.start - self.now) * self.roll()))
        else:
            self._wait(HOUR, 3 * DAY)
        self._end("CANCELLED" if self.roll() < cancelled else "NOT_FULFILLABLE", leave_active=0.2)

    def _end(self, status: str, leave_active: float) -> None:
        if self.number and self.roll() >= leave_active:
            self.record((self.now, "cancel_appointment", (self.number,)))
        self.record((self.now, "set_status", (status,)))
        self.job.changes[:] = [change for change in self.job.changes if change[0] <= self.now]

    def _visit(self, may_return: bool) -> None:
        roll = self.roll
        _, typical, spread, absent = HABITS[self.team.habit]
        if roll() < absent + 0.01:
            return self._not_show(may_return)
        if roll() < 0.04:
            return self._complete_unproven()
        arrived = self.start + self._delay(typical, spread)
        stayed = max(5, int(self.minutes * (0.45 + 0.6 * roll())))
        self.now = arrived + stayed * MINUTE
        self._wait(2 * MINUTE, 7 * HOUR if roll() < 0.2 else 40 * MINUTE)
        self.record((self.now, "finish", (self.number, self._proof(arrived, stayed))))
        if may_return and roll() < 0.05:
            self._wait(MINUTE, 2 * HOUR)
            self._book()
            self._assign()
            return self._visit(may_return=False)
        forgotten = roll()
        if forgotten < 0.045:
            return None
        if forgotten < 0.09:
            self._wait(DAY, 4 * DAY)
        return self._complete()

    def _not_show(self, may_return: bool) -> None:
        """Miss the visit; then reschedule it, end the job, or do nothing."""
        after = self.roll()
        self.now = self.start
        self._wait(5 * HOUR, 30 * HOUR)
        if after < 0.35 and may_return:
            self._move(self.now)
            return self._visit(may_return=False)
        if after < 0.6:
            self._end("NOT_FULFILLABLE", leave_active=0.6)
        return None

    def _complete_unproven(self) -> None:
        """Complete the job without a proof of appointment, or with one that has no time."""
        self.now = self.start + self.minutes * MINUTE
        self._wait(0, 2 * HOUR)
        self.record((self.now, "finish", (self.number, self._proof(None, None) if self.roll() < 0.4 else None)))
        self._complete()

    def _proof(self, arrived: int | None, minutes: int | None) -> Poa:
        roll, performing = self.roll, self.team
        if performing is NOBODY or roll() < 0.06:
            performing = self._any_team()
        kind = POA_KINDS[int(len(POA_KINDS) * roll())]
        technicians = () if roll() < 0.1 else performing.technician_ids
        return Poa(self.now, arrived, minutes, kind, technicians, performing.technician_ids[0])

    def _delay(self, typical: int, spread: int) -> int:
        """Return the seconds from the scheduled start to the arrival: bell-shaped with a tail, sometimes exactly on a border."""
        roll, luck = self.roll, self.roll()
        if luck < 1 / 16:
            return BORDERS[int(len(BORDERS) * luck * 16)]
        bell = (roll() + roll() + roll() - 1.5) * 1.4
        tail = -45 * log(1 - roll()) if luck > 0.93 else 0
        return int((typical + spread * bell + tail) * MINUTE)

    def _complete(self) -> None:
        """Complete the job; it is paid at once or a day later, sometimes in parts or in two currencies."""
        roll, price = self.roll, self.job.service.price
        self._wait(0, 2 * HOUR)
        self.record((self.now, "set_status", ("COMPLETED",)))
        if not price or roll() < 0.15:
            return
        currency, instrument = self.job.store.marketplace.currency, INSTRUMENTS[int(len(INSTRUMENTS) * roll())]
        parts, luck = [(price, currency, instrument)], roll()
        if luck < 0.12:
            parts = [(round(price * 0.3, 2), currency, "GIFT_CARD"), (round(price * 0.7, 2), currency, instrument)]
        elif luck < 0.14:
            parts.append((5.0, "EUR" if currency != "EUR" else "USD", "GIFT_CARD"))
        self.record((self.now + (DAY if luck > 0.8 else 0), "pay", tuple(parts)))

    def _wait(self, low: int, high: int) -> None:
        self.now += low + int((high - low) * self.roll())
