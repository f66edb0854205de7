"""What became of each job, appointment and slot, by the moments at which a reader noticed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from include.sandbox.truth import facts
from include.sandbox.truth.facts import Frame, Row
from include.sandbox.truth.readings import Reading, versions

STATE = ("appointment_status", "scheduled_start_at", "scheduled_minutes", "assigned_technician_ids")


def fct_job_status_history(readings: list[Reading], frame: Frame) -> list[Row]:
    def statuses(reading: Reading) -> dict[str, Row]:
        return {name: {"job_status": job.get("serviceJobStatus")} for name, job in reading.payloads.items()}

    return [
        {"account": frame.account, "service_job_id": job} | period
        for job, history in versions(readings, statuses).items()
        for period in _periods(history)
    ]


def fct_appointment_history(readings: list[Reading], frame: Frame) -> list[Row]:
    def states(reading: Reading) -> dict[tuple[str, str], Row]:
        rows = [row for job in reading.payloads.values() for row in facts.fct_appointments(job, frame)]
        return {(row["service_job_id"], row["appointment_id"]): {name: row[name] for name in STATE} for row in rows}

    return [
        {"account": frame.account, "service_job_id": job, "appointment_id": appointment} | period
        for (job, appointment), history in versions(readings, states).items()
        for period in _periods(history)
    ]


def fct_slot_availability(readings: list[Reading], frame: Frame) -> list[Row]:
    """One row a change; a slot that a later reading of its time does not hold has no capacity."""
    known: dict[tuple[Any, ...], list[Row]] = {}
    for reading in readings:
        for offer, slots in reading.slots.items():
            looked_at = [key for key in known if key[:3] == offer and reading.first <= key[3] and key[4] <= reading.last]
            for slot in {*((*offer, *each) for each in slots), *looked_at}:
                changes, capacity = known.setdefault(slot, []), slots.get(slot[3:])
                if not changes or changes[-1]["capacity"] != capacity:
                    changes.append({"capacity": capacity, "observed_at": reading.moment})
    columns = ("marketplace_id", "store_id", "asin", "slot_start_at", "slot_end_at")
    return [
        {"account": frame.account} | dict(zip(columns, slot, strict=True)) | change | {"is_current": change is changes[-1]}
        for slot, changes in known.items()
        for change in changes
    ]


def _periods(history: list[tuple[int, Row | None]]) -> Iterator[Row]:
    for (moment, row), (until, _) in pairwise([*history, (None, None)]):
        if row is not None:
            yield row | {"valid_from": moment, "valid_to": until, "is_current": until is None}
