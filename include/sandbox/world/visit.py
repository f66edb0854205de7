"""The visits of a job's generated life: arrivals and proofs, missed visits, and payments."""

from math import log

from include.sandbox.world import behavior
from include.sandbox.world.behavior import HABITS, Habit
from include.sandbox.world.booking import Booking
from include.sandbox.world.company import NOBODY
from include.sandbox.world.job import Poa
from include.sandbox.world.times import DAY, HOUR, MINUTE


class Visit(Booking):
    """The part of a life that visits."""

    __slots__ = ()

    def visit(self, may_return: bool) -> None:
        """Visit the customer, or not. `may_return`: whether another appointment can follow."""
        roll, habit = self.roll, HABITS[self.team.habit]
        if roll() < habit.absent:
            return self._miss(may_return)
        if not habit.uploads:
            return self._complete_in_silence()
        if roll() < behavior.UNPROVEN:
            return self._complete_unproven()
        arrived = self.start + self._delay(habit)
        stayed = max(5, int(self.minutes * (0.45 + 0.5 * roll())))
        self.now = arrived + stayed * MINUTE
        self._wait_for_upload()
        self.record((self.now, "finish", (self.number, self._proof(arrived, stayed))))
        if may_return and roll() < behavior.SECOND_VISIT:
            self.wait(MINUTE, 2 * HOUR)
            self.book()
            self.assign()
            return self.visit(may_return=False)
        closing = roll()
        if closing < behavior.NEVER_CLOSED:
            return None
        if closing < behavior.NEVER_CLOSED + behavior.CLOSED_LATE:
            self.wait(*behavior.CLOSED_LATE_AFTER)
        return self._complete()

    def _miss(self, may_return: bool) -> None:
        """Miss the visit; then reschedule it, end the job, or do nothing."""
        moved, unfulfillable, cancelled = (
            behavior.AFTER_MISSED_IN_TROUBLE if self.job.store.is_troubled else behavior.AFTER_MISSED
        )
        after = self.roll()
        self.now = self.start + self.minutes * MINUTE
        self.wait(HOUR, behavior.LONGEST_AFTER_WINDOW)
        if after < moved and may_return:
            self.move()
            return self.visit(may_return=False)
        if after < moved + unfulfillable:
            return self.end_early("NOT_FULFILLABLE")
        if after < moved + unfulfillable + cancelled:
            return self.end_early("CANCELLED")
        return None

    def _complete_in_silence(self) -> None:
        """Complete the job of a technician who does not upload proofs; a few such jobs are forgotten."""
        if self.roll() < behavior.COMPLETED_IN_SILENCE:
            self.now = self.start + self.minutes * MINUTE
            self.wait(HOUR, DAY)
            self.record((self.now, "finish", (self.number, None)))
            self._complete()

    def _complete_unproven(self) -> None:
        """Complete the job without a proof of appointment, or with one that has no time."""
        self.now = self.start + self.minutes * MINUTE
        self.wait(0, 2 * HOUR)
        has_proof = self.roll() < behavior.PROOF_WITHOUT_TIME
        self.record((self.now, "finish", (self.number, self._proof(None, None) if has_proof else None)))
        self._complete()

    def _wait_for_upload(self) -> None:
        luck = self.roll()
        self.wait(*next(delays for share, *delays in behavior.PROOF_DELAYS if luck < share))

    def _proof(self, arrived: int | None, minutes: int | None) -> Poa:
        roll, performing = self.roll, self.team
        if performing is NOBODY or roll() < behavior.OTHER_TECHNICIANS:
            performing = self.any_team()
        kind = behavior.POA_KINDS[int(len(behavior.POA_KINDS) * roll())]
        technicians = () if roll() < behavior.PROOF_WITHOUT_TECHNICIANS else performing.technician_ids
        return Poa(self.now, arrived, minutes, kind, technicians, performing.technician_ids[0])

    def _delay(self, habit: Habit) -> int:
        """Return the seconds from the scheduled start to the arrival: bell-shaped, with a tail, early ones and exact borders."""
        roll, luck = self.roll, self.roll()
        if luck < behavior.ON_A_BORDER:
            return behavior.BORDERS[int(len(behavior.BORDERS) * luck / behavior.ON_A_BORDER)]
        if luck < behavior.ON_A_BORDER + behavior.EARLY:
            least, most = behavior.EARLY_MINUTES
            return -int((least + (most - least) * roll()) * MINUTE)
        bell = (roll() + roll() + roll() - 1.5) * 1.4
        tail = -behavior.TAIL_MINUTES * log(1 - roll()) if luck > 1 - behavior.DELAYED else 0
        return int((habit.delay_minutes + habit.spread_minutes * bell + tail) * MINUTE)

    def _complete(self) -> None:
        """Complete the job; it is paid at once or a day later, sometimes in parts or in two currencies."""
        roll, price = self.roll, self.job.service.price
        self.wait(0, 2 * HOUR)
        self.record((self.now, "set_status", ("COMPLETED",)))
        if not price or roll() < behavior.UNPAID:
            return
        instruments = behavior.INSTRUMENTS
        currency, instrument = self.job.store.marketplace.currency, instruments[int(len(instruments) * roll())]
        parts, luck = [(price, currency, instrument)], roll()
        if luck < behavior.PAID_IN_PARTS:
            parts = [(round(price * 0.3, 2), currency, "GIFT_CARD"), (round(price * 0.7, 2), currency, instrument)]
        elif luck < behavior.PAID_IN_PARTS + behavior.PAID_IN_TWO_CURRENCIES:
            parts.append((20.0, "EUR" if currency != "EUR" else "USD", "GIFT_CARD"))
        self.record((self.now + (DAY if luck > 1 - behavior.PAID_LATER else 0), "pay", tuple(parts)))
