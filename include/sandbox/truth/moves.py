"""Reschedules and cancellations of appointments and jobs, as a reader of the API could see them.

Whether an appointment was moved after its window is known only if windows of changes, without a gap between them, brought the
versions of the job before and after the move.
"""

from collections.abc import Iterable
from typing import NamedTuple

from include.sandbox.api.call import Reason
from include.sandbox.truth.frame import Row, after, appointment_ids, scheduled
from include.sandbox.truth.readings import Reading, Window
from include.sandbox.world.job import Job
from include.sandbox.world.reasons import REASON_CODES

Version = tuple[Reading, Row | None]
Range = tuple[int, int]
Reasons = dict[str, Reason]  # by appointment, those of cancellations by job
PARTIES = {(row["kind"], row["code"]): row["responsible_party"] for row in REASON_CODES}


class Move(NamedTuple):
    """What is known of the reschedule or cancellation of an appointment."""

    is_after_window: bool | None = None
    responsible_party: str = "unknown"


class Cancellation(NamedTuple):
    """What is known of the cancellation of a job. `received`: when it was noticed, None if it may be older than that."""

    received: int | None = None
    responsible_party: str = "unknown"


def covered_ranges(readings: list[Reading]) -> list[Range]:
    """Return the union of all windows of changes, as ranges that neither overlap nor touch."""
    ranges: list[Range] = []
    windows = {window for reading in readings for window in reading.windows if window.filter == "updated"}
    for start, end in sorted((window.start, window.end) for window in windows):
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = ranges[-1][0], max(end, ranges[-1][1])
        else:
            ranges.append((start, end))
    return ranges


def moves(versions: list[Version], ranges: list[Range], reasons: Reasons) -> dict[str, Move]:
    """Return what is known of each appointment of a job that was rescheduled or cancelled.

    Args:
        versions: The distinct payloads of the job.
        ranges: See `covered_ranges`.
        reasons: The reasons that the seller wrote, by appointment or job.
    """
    seen = [(reading, payload) for reading, payload in versions if payload is not None]
    found = {}
    for appointment_id in {each for _, payload in seen for each in appointment_ids(payload)}:
        places = (place for place, (_, payload) in enumerate(seen) if _is_cancelled(payload, appointment_id))
        place = next(places, None)
        if place is not None:
            before = seen[place - 1] if place else None
            is_after = _is_after_window(appointment_id, before, seen[place], ranges)
            found[appointment_id] = Move(is_after, _party_of_move(appointment_id, *seen[place], reasons))
    return found


def cancellation(versions: list[Version], reasons: Reasons) -> Cancellation:
    """Return what is known of the cancellation of a job, see `moves`."""
    first = next(((reading, job) for reading, job in versions if job and job.get("serviceJobStatus") == "CANCELLED"), None)
    if first is None:
        return Cancellation()
    reading, job = first
    job_id = job["serviceJobId"]
    return Cancellation(reading.received if reading.is_live(job_id) else None, _party("cancel", job_id, reading, reasons))


def _is_after_window(appointment_id: str, before: Version | None, after_move: Version, ranges: list[Range]) -> bool | None:
    reading, payload = after_move
    window = reading.window(_job_id(payload))
    if before and window:
        kept_end, kept_window = _end(before[1], appointment_id), before[0].window(_job_id(before[1]))
        if kept_end is not None and window.start >= kept_end and _is_one_range(kept_window, window, ranges):
            return True
    end = _end(payload, appointment_id)
    if end is not None and (reading.received <= end or (window is not None and window.end <= end)):
        return False
    return None


def _is_one_range(first: Window | None, second: Window, ranges: Iterable[Range]) -> bool:
    if first is None:
        return False
    begin, last = min(first.start, second.start), max(first.end, second.end)
    return any(start <= begin and last <= end for start, end in ranges)


def _job_id(payload: Row | None) -> str:
    return (payload or {})["serviceJobId"]


def _appointment(payload: Row | None, appointment_id: str) -> Row | None:
    job = payload or {}
    return dict(zip(reversed(appointment_ids(job)), reversed(job.get("appointments", [])), strict=True)).get(appointment_id)


def _end(payload: Row | None, appointment_id: str) -> int | None:
    appointment = _appointment(payload, appointment_id)
    return after(*scheduled(appointment)) if appointment else None


def _is_cancelled(payload: Row, appointment_id: str) -> bool:
    appointment = _appointment(payload, appointment_id)
    is_cancelled = "CANCELLED" in (payload.get("serviceJobStatus"), (appointment or {}).get("appointmentStatus"))
    return appointment is not None and is_cancelled


def _party_of_move(appointment_id: str, reading: Reading, payload: Row, reasons: Reasons) -> str:
    if (_appointment(payload, appointment_id) or {}).get("rescheduledAppointmentId"):
        return _party("reschedule", appointment_id, reading, reasons)
    return _party("cancel", payload["serviceJobId"], reading, reasons)


def generated_reasons(jobs: Iterable[Job], since: int, until: int) -> Reasons:
    """Return the reasons of the seller's writes in the generated lives of jobs."""
    return {
        job.job_id if write.number is None else job.appointment_id(write.number): Reason(write.kind, write.reason_code, write.at)
        for job in jobs
        for write in job.writes()
        if since <= write.at <= until
    }


def reason_of(kind: str, about: str, seen: int, reasons: Reasons) -> Reason | None:
    """Return the reason of a move; one that was seen before the write has another one."""
    reason = reasons.get(about)
    return reason if reason and reason.kind == kind and reason.written <= seen else None


def _party(kind: str, about: str, reading: Reading, reasons: Reasons) -> str:
    reason = reason_of(kind, about, reading.moment, reasons)
    return PARTIES.get((kind, reason.code)) or "other" if reason else "unknown"
