"""Counts and rates by technician and by store, per day."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from include.sandbox.truth.demand import utilization
from include.sandbox.truth.frame import Frame, Row
from include.sandbox.world.capacity import Capacity


def figures(appointments: list[Row]) -> Row:
    """Return the counts and rates of a group of appointments."""
    scored, on_time = _known_and_true(appointments, "is_on_time_arrival")
    window_scored, in_window = _known_and_true(appointments, "is_completed_in_window")
    missed_known, missed = _known_and_true(appointments, "is_missed")
    no_shows, serviced, unproven = (_outcomes(appointments, outcome) for outcome in ("no_show", "serviced", "unproven"))
    verified = [row for row in appointments if row["is_verified_arrival"] or row["outcome"] == "no_show"]
    verified_on_time = sum(row["is_on_time_arrival"] is True for row in verified)
    return {
        "appointments": len(appointments),
        "scored": scored,
        "on_time": on_time,
        "on_time_rate": rate(on_time, scored),
        "completed_in_window": in_window,
        "window_scored": window_scored,
        "window_completion_rate": rate(in_window, window_scored),
        "no_shows": no_shows,
        "no_show_rate": rate(no_shows, scored),
        "missed": missed,
        "missed_known": missed_known,
        "missed_rate": rate(missed, missed_known),
        "serviced": serviced,
        "unproven": unproven,
        "awaiting_proof": _outcomes(appointments, "awaiting_proof"),
        "proof_coverage": rate(serviced, serviced + unproven + no_shows),
        "verified_scored": len(verified),
        "verified_on_time": verified_on_time,
        "verified_on_time_rate": rate(verified_on_time, len(verified)),
        "fulfillment_breaks": sum(row["fulfillment_break"] is not None for row in appointments),
        "minutes_on_site": sum(row["minutes_on_site"] or 0 for row in appointments),
    }


def _known_and_true(rows: list[Row], name: str) -> tuple[int, int]:
    return sum(row[name] is not None for row in rows), sum(row[name] is True for row in rows)


def _outcomes(rows: list[Row], outcome: str) -> int:
    return sum(row["outcome"] == outcome for row in rows)


def cancellations(jobs: list[Row]) -> Row:
    """Return the counts of a group of cancelled jobs."""
    by_party = {f"jobs_cancelled_by_{party}": _of_party(jobs, party) for party in ("customer", "provider")}
    return {"jobs_cancelled": len(jobs)} | by_party


def _of_party(jobs: list[Row], party: str) -> int:
    return sum(job["responsible_party"] == party for job in jobs)


def agg_technician_daily(appointments: list[Row]) -> list[Row]:
    """Return one row per technician and date from rows of fct_appointments."""
    groups = group(
        ((row["account"], row["marketplace_id"], technician, row["service_date"]), row)
        for row in appointments
        if row["service_date"]
        for technician in row["performing_technician_ids"]
    )
    keys = ("account", "marketplace_id", "technician_id", "service_date")
    return [dict(zip(keys, key, strict=True)) | figures(rows) for key, rows in groups.items()]


def agg_store_daily(appointments: list[Row], jobs: list[Row], hours: list[Row], frame: Frame) -> list[Row]:
    """Return one row per store and date from rows of fct_appointments, fct_service_jobs and fct_demand_capacity_hourly."""
    by_date = group((_store_date(row, row["service_date"]), row) for row in appointments if row["service_date"])
    created = group((_store_date(job, frame.store_date(job["created_at"], job)), job) for job in jobs if job["created_at"])
    cancelled = group((_store_date(job, job["cancelled_date"]), job) for job in jobs if job["cancelled_date"])
    with_capacity = [hour for hour in hours if hour["scheduled_capacity"] is not None]
    capacity = group((_store_date(hour, hour["service_date"]), hour) for hour in with_capacity)
    used = {key: utilization([_capacity(hour) for hour in rows]) for key, rows in capacity.items()}
    dates = set(by_date) | set(created) | set(cancelled) | {key for key, value in used.items() if value is not None}
    return [
        dict(zip(("account", "marketplace_id", "store_id", "service_date"), key, strict=True))
        | figures(by_date.get(key, []))
        | {
            "jobs_created": len(created.get(key, [])),
            "reschedules": _outcomes(by_date.get(key, []), "rescheduled"),
            "utilization": used.get(key),
            "booked_minutes": sum(row["scheduled_minutes"] or 0 for row in by_date.get(key, []) if _is_booked(row)),
        }
        | cancellations(cancelled.get(key, []))
        for key in sorted(dates, key=str)
    ]


def _is_booked(row: Row) -> bool:
    return row["outcome"] not in ("rescheduled", "cancelled", "unfulfillable")


def _store_date(row: Row, day: Any) -> tuple[Any, ...]:
    return row["account"], row["marketplace_id"], row["store_id"], day


def _capacity(hour: Row) -> Capacity:
    return Capacity(*(hour[f"{name}_capacity"] for name in Capacity._fields))


def rate(count: int, of: int) -> float | None:
    """Return a share, None of nothing."""
    return count / of if of else None


def group(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    """Return the second values by the first ones."""
    groups: dict[Any, list[Any]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)
