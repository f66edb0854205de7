"""rpt_jobs_needing_action: one row per job and action, with the earliest due time."""

from collections.abc import Iterator
from typing import Any

from include.sandbox.truth.frame import Frame, Row, job_key, preferred_starts
from include.sandbox.world.times import HOUR

Action = tuple[str, str | None, int | None]  # action, appointment_id, due_at


def rpt_jobs_needing_action(payload: Row, job: Row, appointments: list[Row], items: list[Row], frame: Frame) -> list[Row]:
    """Return the actions that a job needs. `job`, `appointments`, `items`: its rows in the fact tables."""
    earliest: dict[str, Action] = {}
    for action in _actions(payload, job, appointments, items):
        if action[0] not in earliest or _due(action) < _due(earliest[action[0]]):
            earliest[action[0]] = action
    return [
        job_key(payload, frame)
        | {
            "appointment_id": appointment_id,
            "action": name,
            "due_at": due,
            "overdue_hours": None if due is None else max(0, frame.as_of - due) / HOUR,
        }
        for name, appointment_id, due in earliest.values()
    ]


def _due(action: Action) -> tuple[bool, Any]:
    return action[2] is None, action[2]


def _actions(payload: Row, job: Row, appointments: list[Row], items: list[Row]) -> Iterator[Action]:
    preferred = preferred_starts(payload)
    if job["needs_appointment"]:
        yield "schedule_appointment", None, None if job["created_at"] is None else job["created_at"] + 24 * HOUR
        if preferred:
            yield "confirm_preferred_time", None, min(preferred) - 48 * HOUR
    for row in appointments:
        start, finished = row["scheduled_start_at"], row["finished_at"]
        if row["outcome"] == "upcoming" and not row["assigned_technician_ids"]:
            yield "assign_technician", row["appointment_id"], None if start is None else start - 24 * HOUR
        if row["outcome"] == "serviced" and job["job_status"] == "NOT_SERVICED":
            yield "close_job", row["appointment_id"], None if finished is None else finished + 24 * HOUR
        if row["outcome"] == "no_show":
            yield "chase_no_show", row["appointment_id"], row["scheduled_end_at"]
    if any(item["is_item_late_for_appointment"] for item in items):
        upcoming = [row for row in appointments if row["outcome"] == "upcoming" and row["scheduled_start_at"] is not None]
        following = min(upcoming, key=lambda row: row["scheduled_start_at"])
        yield "item_late", following["appointment_id"], following["scheduled_start_at"]
