"""fct_reschedules_cancellations: observed reschedules and cancellations, with the reasons that the seller wrote.

Columns that depend on the wall clock of the readings, such as the notice before the appointment, are left out.
"""

from typing import Any

from include.sandbox.api.call import Reason
from include.sandbox.truth.frame import Row
from include.sandbox.truth.moves import Reasons, reason_of
from include.sandbox.world.reasons import REASON_CODES
from include.sandbox.world.times import HOUR

KINDS = {"rescheduled": "reschedule", "cancelled": "cancel"}


def fct_reschedules_cancellations(
    jobs: list[Row], appointments: list[Row], job_history: list[Row], appointment_history: list[Row], reasons: Reasons
) -> list[Row]:
    """Return one row per rescheduled or cancelled appointment, and per cancelled job without one.

    Args:
        jobs: Rows of fct_service_jobs.
        appointments: Rows of fct_appointments.
        job_history: Rows of fct_job_status_history. An appointment that was cancelled with its job ends when the job does.
        appointment_history: Rows of fct_appointment_history.
        reasons: The reasons that the seller wrote.
    """
    of_job = _first_cancelled(job_history, "job_status", "service_job_id")
    of_appointment = _first_cancelled(appointment_history, "appointment_status", "service_job_id", "appointment_id")
    by_id = {(row["service_job_id"], row["appointment_id"]): row for row in appointments}
    rows = []
    for (job_id, appointment_id), row in by_id.items():
        if kind := KINDS.get(row["outcome"]):
            new = by_id.get((job_id, row["replaced_by_appointment_id"])) if kind == "reschedule" else None
            moments = (of_appointment.get((job_id, appointment_id)), of_job.get((job_id,)))
            observed_at = min(moment for moment in moments if moment is not None)
            reason = reason_of(kind, appointment_id if kind == "reschedule" else job_id, observed_at, reasons)
            rows.append(_row(row, kind, observed_at, row, new) | _reason(reason))
    with_row = {row["service_job_id"] for row in rows if row["kind"] == "cancel"}
    without = [job for job in jobs if job["job_status"] == "CANCELLED" and job["service_job_id"] not in with_row]
    for job in without:
        observed_at, job_id = of_job[(job["service_job_id"],)], job["service_job_id"]
        rows.append(_row(job, "cancel", observed_at, {}, None) | _reason(reason_of("cancel", job_id, observed_at, reasons)))
    return rows


def _reason(reason: Reason | None) -> Row:
    """Return the columns of a reason; who requested it is known to the pipeline alone."""
    if reason is None:
        return {"evidence": "observed", "reason_code": "unknown", "reason": "unknown", "written_at": None, "requested_by": None}
    texts = [row["description"] or "" for row in REASON_CODES if (row["kind"], row["code"]) == (reason.kind, reason.code)]
    return {"evidence": "both", "reason_code": reason.code, "reason": min(texts, default="unknown"), "written_at": reason.written}


def _first_cancelled(history: list[Row], status: str, *key: str) -> dict[tuple[Any, ...], int]:
    first: dict[tuple[Any, ...], int] = {}
    for row in history:
        if row[status] == "CANCELLED":
            place = tuple(row[column] for column in key)
            first[place] = min(first.get(place, row["valid_from"]), row["valid_from"])
    return first


def _row(about: Row, kind: str, observed_at: int, old: Row, new: Row | None) -> Row:
    start, date = old.get("scheduled_start_at"), old.get("service_date")
    new_start, new_date = (new or {}).get("scheduled_start_at"), (new or {}).get("service_date")
    return {name: about[name] for name in ("account", "marketplace_id", "store_id", "service_job_id")} | {
        "appointment_id": old.get("appointment_id"),
        "kind": kind,
        "observed_at": observed_at,
        "scheduled_start_at": start,
        "service_date": date,
        "replaced_by_appointment_id": old.get("replaced_by_appointment_id"),
        "new_scheduled_start_at": new_start,
        "new_service_date": new_date,
        "hours_later": None if start is None or new_start is None else (new_start - start) / HOUR,
        "days_later": None if date is None or new_date is None else (new_date - date).days,
    }
