"""rpt_jobs_needing_action: one row per job and action, with the earliest due time."""

from collections.abc import Iterator
from typing import Any

from include.sandbox.truth.frame import Frame, Row, after, job_key, preferred_starts
from include.sandbox.world.times import DAY, HOUR

Action = tuple[str, str | None, int | None]  # action, appointment_id, due_at


def rpt_jobs_needing_action(payload: Row, job: Row, appointments: list[Row], items: list[Row], frame: Frame) -> list[Row]:
    """Return the actions that a job needs. `job`, `appointments`, `items`: its rows in the fact tables."""
    earliest: dict[str, Action] = {}
    for action in _actions(payload, job, appointments, items, frame):
        if action[0] not in earliest or _due(action) < _due(earliest[action[0]]):
            earliest[action[0]] = action
    return [
        job_key(payload, frame)
        | {
            "appointment_id": appointment_id,
            "action": name,
            "due_at": due,
            "overdue_hours": None if due is None else max(0, frame.as_of - due) / HOUR,
            "store_name": frame.store_names.get((job["marketplace_id"], job["store_id"])) or job["store_id"],
            "service_title": job["service_title"],
            "is_stale": due is not None and frame.as_of - due > 30 * DAY,
        }
        for name, appointment_id, due in earliest.values()
    ]


def _due(action: Action) -> tuple[Any, ...]:
    """Return by what actions are ordered: the due time, unknown ones last, then the appointment's id."""
    return action[2] is None, action[2], action[1]


def _booking(job: Row, preferred: list[int], frame: Frame) -> Action:
    """Return what a job without an appointment needs."""
    if not preferred:
        return "schedule_appointment", None, after(job["created_at"], 24 * 60)
    ahead = [start for start in preferred if start > frame.as_of]
    if ahead:
        return "confirm_preferred_time", None, min(ahead) - 48 * HOUR
    return "offer_new_time", None, max(preferred)


def _actions(payload: Row, job: Row, appointments: list[Row], items: list[Row], frame: Frame) -> Iterator[Action]:
    if job["needs_appointment"]:
        yield _booking(job, preferred_starts(payload), frame)
    for row in appointments:
        start, finished = row["scheduled_start_at"], row["finished_at"]
        if row["outcome"] == "upcoming" and not row["assigned_technician_ids"]:
            yield "assign_technician", row["appointment_id"], None if start is None else start - 24 * HOUR
        if row["outcome"] == "serviced" and job["job_status"] == "NOT_SERVICED":
            yield "close_job", row["appointment_id"], None if finished is None else finished + 24 * HOUR
        if row["outcome"] in ("awaiting_proof", "unproven"):
            yield "obtain_proof", row["appointment_id"], after(row["scheduled_end_at"], 24 * 60)
        if row["outcome"] == "no_show":
            yield "chase_no_show", row["appointment_id"], row["scheduled_end_at"]
    if any(item["is_item_late_for_appointment"] for item in items):
        upcoming = [row for row in appointments if row["outcome"] == "upcoming" and row["scheduled_start_at"] is not None]
        following = min(upcoming, key=lambda row: row["scheduled_start_at"])
        yield "item_late", following["appointment_id"], following["scheduled_start_at"]
