"""The generated life of a job: from its dice to its list of changes.

Every decision takes the next die, a share from 0 to 1. So a job is stored as its dice (a long life repeats them), and the same
dice always make the same life.
"""

from datetime import date
from itertools import cycle
from operator import itemgetter

from include.sandbox.world import behavior
from include.sandbox.world.company import Store
from include.sandbox.world.job import Item, Job
from include.sandbox.world.opening import next_open_slot
from include.sandbox.world.times import DAY, HOUR
from include.sandbox.world.visit import Visit

SHARES = [side / 65_536 for side in range(65_536)]
DICE = 56
NOTHING_KNOWN = Item("ACTIVE", None)


def live(day: date, index: int, created: int, dice: memoryview, pool: tuple[Store, ...]) -> Job:
    """Return the job of a day and index with all its changes. `pool`: see `company.pool`."""
    store = pool[dice[6] % len(pool)]
    job = Job(day, index, created, dice, store, store.services[dice[7] % len(store.services)])
    _Life(job, cycle(map(SHARES.__getitem__, dice[8:])).__next__).run()
    job.changes.sort(key=itemgetter(0))
    return job


class _Life(Visit):
    """One run through a life."""

    __slots__ = ()

    def run(self) -> None:
        """Record all changes."""
        fate = self.roll()
        self._receive_order()
        fate -= behavior.PAYMENT_DECLINED
        if fate < 0:
            self.wait(HOUR, 6 * HOUR)
            return self.record((self.now, "set_status", ("PAYMENT_DECLINED",)))
        fate -= behavior.HELD
        if fate < 0 and not self._survive_hold(for_good=fate > -behavior.HELD_FOR_GOOD):
            return None
        if 0 <= fate < behavior.ENDED_UNBOOKED:
            return self._end_unbooked()
        if not self.number:
            if 0 <= fate < behavior.ENDED_UNBOOKED + behavior.NEVER_BOOKED:
                return None
            self.wait(HOUR, 3 * DAY)
            self.book()
        self.assign()
        return self._keep_appointment()

    def _keep_appointment(self) -> None:
        """Cancel the job, or move its appointment and keep it in the end."""
        if self.roll() < behavior.ENDED_BOOKED:
            self.wait_for_change()
            return self._give_up()
        for likely in behavior.MOVED_AGAIN:
            if self.roll() >= likely:
                break
            self.wait_for_change()
            self.move()
        return self.visit(may_return=True)

    def _survive_hold(self, for_good: bool) -> bool:
        """Put the job on hold; return whether it goes on afterwards."""
        self.wait(HOUR, DAY)
        self.record((self.now, "set_status", ("HOLD",)))
        if not for_good:
            self.wait(HOUR, 2 * DAY)
            self.record((self.now, "set_status", ("NOT_SERVICED" if self.number else "PENDING_SCHEDULE",)))
        return not for_good

    def _end_unbooked(self) -> None:
        """End the job soon after the order; most such jobs have no appointment yet."""
        if self.number:
            self.wait_for_change()
        else:
            self.wait(HOUR, 3 * DAY)
        self._give_up()

    def _give_up(self) -> None:
        self.end_early("CANCELLED" if self.roll() < behavior.ENDS_CANCELLED else "NOT_FULFILLABLE")

    def _receive_order(self) -> None:
        job, roll = self.job, self.roll
        self.record((self.now, "set_status", ("PENDING_SCHEDULE",)))
        if roll() < behavior.HAS_PREFERRED_TIMES:
            first = next_open_slot(job.store, self.now, self.minutes, 2 + int(6 * roll()), roll())
            job.preferred = tuple(range(first, first + (1 + int(3 * roll())) * DAY, DAY))
        if roll() < behavior.HAS_ITEMS:
            self._order_items(1 + (roll() < 0.3))
        if roll() < behavior.BOOKED_AT_ONCE:
            self.book()

    def _order_items(self, count: int) -> None:
        """Order items; only the first one has a delivery, which is three days late in one of six cases."""
        roll, others = self.roll, (NOTHING_KNOWN,) * (count - 1)
        estimated = self.now + int((1 + 7 * roll()) * DAY)
        late = estimated + 3 * DAY if roll() < 0.16 else estimated
        self.record((self.now, "set_items", (Item("ACTIVE", estimated), *others)))
        self.record((estimated - DAY, "set_items", (Item("SHIPPED", late), *others)))
        if roll() < 0.9:
            self.record((late + int(8 * HOUR * roll()), "set_items", (Item("DELIVERED", late), *others)))
