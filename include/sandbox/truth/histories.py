"""What became of each job and appointment, in the world's own time: `_since` and `_until` instead of when a reader noticed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

from include.sandbox.truth.facts import Row
from include.sandbox.world.job import Job
from include.sandbox.world.times import to_iso


def fct_job_status_history(job: Job, account: str, now: int) -> list[Row]:
    versions = [(moment, {"job_status": job.at(moment).status}) for moment in _moments(job, now)]
    return [{"account": account, "service_job_id": job.job_id} | period for period in _periods(versions)]


def fct_appointment_history(job: Job, account: str, now: int) -> list[Row]:
    states = [(moment, job.at(moment).appointments) for moment in _moments(job, now)]
    rows = []
    for place in range(len(states[-1][1])):
        versions = [
            (
                moment,
                {
                    "appointment_status": appointments[place].status,
                    "scheduled_start_at": appointments[place].start,
                    "scheduled_minutes": appointments[place].minutes,
                    "assigned_technician_ids": list(appointments[place].technicians),
                },
            )
            for moment, appointments in states
            if place < len(appointments)
        ]
        head = {"account": account, "service_job_id": job.job_id, "appointment_id": job.appointment_id(place + 1)}
        rows += [head | period for period in _periods(versions)]
    return rows


def _moments(job: Job, now: int) -> list[int]:
    return sorted({time for time, *_ in job.changes if time <= now})


def _periods(versions: list[tuple[int, Row]]) -> Iterator[Row]:
    """Versions without those that repeat the one before."""
    starts = [next(same) for _, same in groupby(versions, key=lambda version: version[1])]
    for (moment, row), (until, _) in pairwise([*starts, (None, {})]):
        ended = None if until is None else to_iso(until)
        yield row | {"_since": to_iso(moment), "_until": ended, "is_current": until is None}
