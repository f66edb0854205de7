"""Histories of jobs and appointments, by the moments at which a reader saw a change."""

from collections.abc import Callable

from include.sandbox.truth.appointments import fct_appointments
from include.sandbox.truth.frame import Frame, Row
from include.sandbox.truth.readings import Reading, versions

Key = tuple[str, ...]
STATE = ("appointment_status", "scheduled_start_at", "scheduled_minutes", "assigned_technician_ids")


def fct_job_status_history(readings: list[Reading], frame: Frame) -> list[Row]:
    """Return one row per status of a job."""

    def statuses(reading: Reading) -> dict[Key, Row]:
        return {(job_id,): {"job_status": job.get("serviceJobStatus")} for job_id, job in reading.payloads.items()}

    return _periods(readings, frame, ("service_job_id",), statuses)


def fct_appointment_history(readings: list[Reading], frame: Frame) -> list[Row]:
    """Return one row per state of an appointment."""

    def states(reading: Reading) -> dict[Key, Row]:
        rows = [row for job in reading.payloads.values() for row in fct_appointments(job, frame)]
        return {(row["service_job_id"], row["appointment_id"]): {name: row[name] for name in STATE} for row in rows}

    return _periods(readings, frame, ("service_job_id", "appointment_id"), states)


def _periods(
    readings: list[Reading], frame: Frame, columns: tuple[str, ...], values: Callable[[Reading], dict[Key, Row]]
) -> list[Row]:
    """Return one row per distinct value of a key, with the moments from and to which it was read.

    `columns`: those of the key, the job's identifier first.
    """
    rows = []
    for key, history in versions(readings, values).items():
        ends: list[int | None] = [*(reading.moment for reading, _ in history[1:]), None]
        for (reading, value), until in zip(history, ends, strict=True):
            if value is not None:
                period = {"valid_from": reading.moment, "valid_to": until, "is_current": until is None}
                period["is_live"] = reading.is_live(key[0])
                rows.append({"account": frame.account} | dict(zip(columns, key, strict=True)) | value | period)
    return rows
