"""What a manager would see of a world: figures by store and technician, computed from the jobs themselves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from include.sandbox.world.capacity import Calendar, StoreCapacity
from include.sandbox.world.company import Store
from include.sandbox.world.job import Appointment, Job, JobState
from include.sandbox.world.times import DAY, HOUR, MINUTE
from include.sandbox.world.world import World

GRACE, NO_SHOW_AFTER = 15 * MINUTE, 48 * HOUR
WEEKS = 8 * 7 * DAY


def outcome(state: JobState, appointment: Appointment) -> str:
    """How a past appointment ended."""
    if appointment.poa and appointment.poa.arrived is not None:
        return "serviced"
    if appointment.status == "CANCELLED":
        return "rescheduled" if appointment.moved_to else "cancelled"
    if "COMPLETED" in (appointment.status, state.status):
        return "unproven"
    return {"CANCELLED": "cancelled", "NOT_FULFILLABLE": "unfulfillable"}.get(state.status, "no_show")


def settled(world: World) -> Iterator[tuple[Job, Appointment, str]]:
    """The appointments of the last eight weeks whose outcome is known by now."""
    now = world.now()
    for job in world.jobs():
        state = job.at(now)
        for appointment in state.appointments:
            if now - WEEKS <= appointment.start and appointment.end + NO_SHOW_AFTER < now:
                yield job, appointment, outcome(state, appointment)


def by_store(world: World) -> dict[Store, Counter]:
    """The outcomes of each store, those that were on time, and all."""
    figures: dict[Store, Counter] = defaultdict(Counter)
    for job, appointment, how in settled(world):
        figures[job.store].update(["all", how])
        if how == "serviced":
            figures[job.store]["on_time"] += appointment.poa.arrived <= appointment.start + GRACE
    return figures


def by_technician(world: World) -> dict[str, Counter]:
    """The scored appointments of each technician who was assigned, and those that were on time."""
    figures: dict[str, Counter] = defaultdict(Counter)
    for _, appointment, how in settled(world):
        if how in ("serviced", "no_show"):
            for technician_id in appointment.technicians:
                figures[technician_id]["scored"] += 1
                is_on_time = how == "serviced" and appointment.poa.arrived <= appointment.start + GRACE
                figures[technician_id]["on_time"] += is_on_time
    return figures


def rate(figures: Counter, part: str, *wholes: str) -> float:
    return figures[part] / sum(figures[whole] for whole in wholes)


def utilization(world: World, store: Store) -> float:
    """Of the hours of the last eight weeks."""
    now = world.now()
    capacity = StoreCapacity(world, store, Calendar(), now - WEEKS, now)
    slots = [capacity.slot(hour, hour + HOUR) for hour in range((now - WEEKS) // HOUR * HOUR, now // HOUR * HOUR, HOUR)]
    return sum(slot.encumbered for slot in slots) / sum(slot.scheduled - slot.reserved for slot in slots)


def changes(world: World) -> Counter:
    """How often appointments were moved and cancelled: before, within and after their scheduled time, and by whom."""
    counts: Counter = Counter()
    for job in world.jobs():
        appointments = {appointment.number: appointment for appointment in job.at(world.now()).appointments}
        written = {write.at for write in job.writes()}
        for time, name, arguments in job.changes:
            if name in ("move", "cancel_appointment") and time <= world.now():
                appointment = appointments[arguments[0]]
                when = "before" if time < appointment.start else "within" if time < appointment.end else "after"
                counts[name, when, "seller" if time in written else "others"] += 1
    return counts
