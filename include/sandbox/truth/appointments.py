"""fct_appointments: one row per appointment, computed from the job as the API shows it."""

from include.sandbox.truth.frame import (
    Frame,
    Row,
    after,
    appointment_ids,
    hours_between,
    job_key,
    preferred_starts,
    scheduled,
    seconds,
    technician_ids,
)
from include.sandbox.truth.moves import Move
from include.sandbox.world.times import MINUTE

EVIDENCE = {
    "CUSTOMER_SIGNATURE": "signature",
    "POA_RECEIPT": "receipt",
    "NO_SIGNATURE_DUMMY_POS": "dummy",
    "DUMMY_RECEIPT": "dummy",
}


def fct_appointments(job: Row, frame: Frame, moves: dict[str, Move] | None = None) -> list[Row]:
    """Return the rows of a job's appointments in the payload's order.

    Args:
        job: The payload.
        frame: The frame of the judgement.
        moves: By appointment, what is known of its reschedule or cancellation.
    """
    appointments = zip(job.get("appointments", []), appointment_ids(job), strict=True)
    rows = [_row(job, appointment, each, (moves or {}).get(each, Move()), frame) for appointment, each in appointments]
    by_start = sorted(rows, key=lambda row: (row["scheduled_start_at"] is None, row["scheduled_start_at"]))
    for sequence, row in enumerate(by_start, 1):
        row["sequence_in_job"] = sequence
    replaced = {row["replaced_by_appointment_id"]: row["appointment_id"] for row in rows if row["replaced_by_appointment_id"]}
    for row in rows:
        row["replaces_appointment_id"] = replaced.get(row["appointment_id"])
    return rows


def _row(job: Row, appointment: Row, appointment_id: str, move: Move, frame: Frame) -> Row:
    row = job_key(job, frame) | {"appointment_id": appointment_id}
    row |= _description(job, appointment) | _schedule(job, appointment, frame) | _proof(appointment)
    row["outcome"] = _outcome(row, frame)
    row |= _promise(row, move)
    row |= _scores(row, frame)
    row["fulfillment_break"] = _fulfillment_break(row)
    return row


def _description(job: Row, appointment: Row) -> Row:
    scope = job.get("scopeOfWork", {})
    return {
        "service_order_id": job.get("serviceOrderId"),
        "asin": scope.get("asin"),
        "service_title": scope.get("title"),
        "service_location_type": job.get("serviceLocation", {}).get("serviceLocationType"),
        "job_status": job.get("serviceJobStatus"),
        "appointment_status": appointment.get("appointmentStatus"),
        "replaced_by_appointment_id": appointment.get("rescheduledAppointmentId"),
    }


def _schedule(job: Row, appointment: Row, frame: Frame) -> Row:
    created, (start, minutes) = seconds(job.get("createTime")), scheduled(appointment)
    zone, preferred = frame.zone(job["marketplaceId"], job["storeId"]), preferred_starts(job)
    return {
        "job_created_at": created,
        "scheduled_start_at": start,
        "scheduled_end_at": after(start, minutes),
        "scheduled_minutes": minutes,
        "time_zone": zone,
        "service_date": frame.local_date(start, zone),
        "lead_time_hours": hours_between(created, start),
        "is_preferred_time": start in preferred if preferred and start is not None else None,
    }


def _proof(appointment: Row) -> Row:
    poa = appointment.get("poa") or {}
    arrived, minutes = scheduled(poa)
    assigned, performing = technician_ids(appointment.get("assignedTechnicians")), technician_ids(poa.get("technicians"))
    is_known = arrived is not None and assigned and performing
    finished, uploaded = after(arrived, minutes), seconds(poa.get("uploadTime"))
    return {
        "arrived_at": arrived,
        "finished_at": finished,
        "minutes_on_site": minutes,
        "poa_uploaded_at": uploaded,
        "proof_delay_hours": hours_between(arrived if finished is None else finished, uploaded),
        "poa_type": poa.get("poaType"),
        "arrival_evidence": EVIDENCE.get(poa.get("poaType", ""), "other") if poa else "none",
        "assigned_technician_ids": assigned,
        "performing_technician_ids": performing or assigned,
        "is_technician_mismatch": set(assigned).isdisjoint(performing) if is_known else None,
    }


def _outcome(row: Row, frame: Frame) -> str:
    """Return the first outcome that applies."""
    statuses = row["appointment_status"], row["job_status"]
    if row["arrived_at"] is not None:
        return "serviced"
    if row["appointment_status"] == "CANCELLED" and row["replaced_by_appointment_id"]:
        return "rescheduled"
    if "CANCELLED" in statuses:
        return "cancelled"
    if "COMPLETED" in statuses:
        return "unproven"
    if row["job_status"] == "NOT_FULFILLABLE":
        return "unfulfillable"
    end = row["scheduled_end_at"]
    if end is None or end >= frame.as_of or row["job_status"] in ("PAYMENT_DECLINED", "HOLD"):
        return "upcoming"
    return "no_show" if end + frame.no_show_minutes * MINUTE < frame.as_of else "awaiting_proof"


def _promise(row: Row, move: Move) -> Row:
    """Return whether the promise was kept, and who is responsible for a move."""
    is_move = row["outcome"] in ("rescheduled", "cancelled")
    missed = {"no_show": True, "serviced": False}.get(row["outcome"])
    delay, is_confirmed = row["proof_delay_hours"], row["arrival_evidence"] in ("signature", "receipt")
    is_verified = is_confirmed and delay is not None and delay <= 24
    return {
        "is_moved_after_window": move.is_after_window if is_move else None,
        "responsible_party": move.responsible_party if is_move else None,
        "is_missed": move.is_after_window if is_move else missed,
        "is_verified_arrival": is_verified if row["outcome"] == "serviced" else None,
    }


def _scores(row: Row, frame: Frame) -> Row:
    outcome, start, arrived = row["outcome"], row["scheduled_start_at"], row["arrived_at"]
    finished, end = row["finished_at"], row["scheduled_end_at"]
    delay = None if start is None or arrived is None else arrived - start
    is_broken = outcome == "no_show" or _is_moved_after_missed(row)
    is_on_time = None if delay is None else delay <= frame.grace_minutes * MINUTE
    is_in_window = None if outcome != "serviced" or finished is None or end is None else finished <= end
    return {
        "arrival_delay_minutes": None if delay is None else delay // MINUTE,
        "lateness_band": _lateness_band(row, delay, frame),
        "is_on_time_arrival": False if is_broken else is_on_time,
        "is_completed_in_window": False if is_broken else is_in_window,
    }


def _is_moved_after_missed(row: Row) -> bool:
    """Return whether an appointment was moved or cancelled after nobody came, and not for a reason of the customer."""
    is_moved = row["outcome"] in ("rescheduled", "cancelled")
    return is_moved and row["is_missed"] is True and row["responsible_party"] != "customer"


def _lateness_band(row: Row, delay: int | None, frame: Frame) -> str | None:
    if row["outcome"] == "no_show":
        return "no_show"
    if _is_moved_after_missed(row):
        return "missed_then_moved"
    if delay is None:
        return None
    if delay < -30 * MINUTE:
        return "early_over_30"
    if delay <= frame.grace_minutes * MINUTE:
        return "on_time"
    return "late_up_to_30" if delay <= 30 * MINUTE else "late_up_to_60" if delay <= 60 * MINUTE else "late_over_60"


def _fulfillment_break(row: Row) -> str | None:
    """Return the first break that applies."""
    if row["outcome"] == "no_show":
        return "no_show"
    if _is_moved_after_missed(row):
        return "missed_then_moved"
    if row["outcome"] == "unfulfillable":
        return "unfulfillable"
    if row["outcome"] == "serviced" and row["is_completed_in_window"] is False:
        return "late_completion"
    return "technician_mismatch" if row["is_technician_mismatch"] else None
