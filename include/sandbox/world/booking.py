"""The bookings of a job's generated life: appointments that are made, assigned, moved and cancelled."""

from collections.abc import Callable

from include.sandbox.world import behavior, reasons
from include.sandbox.world.company import NOBODY, Team
from include.sandbox.world.job import Job
from include.sandbox.world.opening import can_start, next_open_slot
from include.sandbox.world.times import HOUR, MINUTE


class Booking:
    """The part of a life that books. `now` moves forward; `number`, `start` and `team` are those of the current appointment."""

    __slots__ = ("job", "minutes", "now", "number", "record", "roll", "start", "team")

    def __init__(self, job: Job, roll: Callable[[], float]) -> None:
        self.job, self.roll, self.record = job, roll, job.changes.append
        self.now, self.minutes = job.created, job.service.minutes
        self.number = self.start = 0
        self.team = NOBODY

    def book(self) -> None:
        """Make an appointment, at a preferred time or another one."""
        preferred = [start for start in self.job.preferred if start > self.now]
        is_preferred = preferred and self.roll() < behavior.BOOKED_AS_PREFERRED
        if is_preferred and can_start(self.job.store, preferred[0], self.minutes):
            self.start = preferred[0]
        else:
            self.start = self._free_slot(within_days=9)
        self.number += 1
        self.team = NOBODY
        self.record((self.now, "book", (self.start, self.minutes)))
        self.record((self.now, "set_status", ("NOT_SERVICED",)))

    def assign(self) -> None:
        """Assign technicians, as a rule."""
        if self.roll() < behavior.ASSIGNED:
            self.team = self.any_team()
            when = min(self.now + int((1 + 19 * self.roll()) * HOUR), self.start - HOUR // 2)
            self.record((max(self.now, when), "assign", (self.number, self.team.technician_ids)))

    def any_team(self) -> Team:
        """Return a team of the store."""
        teams = self.job.store.teams
        return teams[int(len(teams) * self.roll())]

    def move(self) -> None:
        """Reschedule the appointment now; half of the time it keeps its technicians."""
        self.start = self._free_slot(within_days=5)
        if self.roll() < 0.5:
            self.team = NOBODY
        code = self._own_code(reasons.RESCHEDULE)
        self.record((self.now, "move", (self.number, self.start, self.minutes, self.team.technician_ids, code)))
        self.number += 1
        if self.team is NOBODY:
            self.assign()

    def end_early(self, status: str) -> None:
        """End the job now, without a visit."""
        if self.number and self.roll() >= behavior.LEFT_ACTIVE[status]:
            self.record((self.now, "cancel_appointment", (self.number,)))
        code = self._own_code(reasons.CANCEL) if status == "CANCELLED" else ""
        self.record((self.now, "set_status", (status, code)))
        self.job.changes[:] = [change for change in self.job.changes if change[0] <= self.now]

    def wait_for_change(self) -> None:
        """Wait until the appointment is moved or cancelled: before its scheduled time, within or after it."""
        luck, share = self.roll(), self.roll()
        length = self.minutes * MINUTE
        if luck < behavior.BEFORE_WINDOW:
            self.now += max(MINUTE, int((self.start - self.now) * (0.3 + 0.6 * share)))
        elif luck < behavior.BEFORE_WINDOW + behavior.WITHIN_WINDOW:
            self.now = self.start + int(length * share)
        else:
            self.now = self.start + length + MINUTE + int(behavior.LONGEST_AFTER_WINDOW * share)

    def wait(self, low: int, high: int) -> None:
        """Let the time pass that the next die says."""
        self.now += low + int((high - low) * self.roll())

    def _free_slot(self, within_days: int) -> int:
        ahead = 1 + int(within_days * self.roll())
        return next_open_slot(self.job.store, self.now, self.minutes, ahead, self.roll())

    def _own_code(self, kind: str) -> str:
        """Return the reason code with which this seller writes a change; empty where others make it."""
        if self.roll() >= behavior.BY_SELLER:
            return ""
        codes = reasons.codes_of_seller(kind, self.job.store.marketplace.country_code, self.job.service.kind)
        return codes[int(len(codes) * self.roll())]
