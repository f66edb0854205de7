"""agg_account_weekly and agg_payments_weekly: weeks from Monday to Sunday by the dates of the stores."""

from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from include.sandbox.truth.aggregates import cancellations, figures, group, rate
from include.sandbox.truth.frame import Frame, Row
from include.sandbox.world.marketplaces import BY_ID
from include.sandbox.world.times import MINUTE

WEEK = ("account", "marketplace_id", "week_start_date")
PAYMENTS = ("account", "marketplace_id", "store_id", "week_start_date", "currency", "instrument")


def agg_account_weekly(appointments: list[Row], jobs: list[Row], payments: list[Row], frame: Frame) -> list[Row]:
    """Return the weeks with an appointment, or with a job that was created, completed or cancelled.

    Args:
        appointments: Rows of fct_appointments.
        jobs: Rows of fct_service_jobs.
        payments: Rows of agg_payments_weekly.
        frame: The frame of the judgement.
    """
    visits = group((_week(row, row["service_date"]), row) for row in appointments if row["service_date"])
    created = group((_week(job, frame.store_date(job["created_at"], job)), job) for job in jobs if job["created_at"])
    completed = group((_week(job, job["completed_date"]), job) for job in jobs if job["completed_date"])
    cancelled = group((_week(job, job["cancelled_date"]), job) for job in jobs if job["cancelled_date"])
    paid = group((tuple(row[name] for name in WEEK), row) for row in payments)
    return [
        dict(zip(WEEK, week, strict=True))
        | _visits(visits.get(week, []))
        | _created(created.get(week, []))
        | _completed(completed.get(week, []))
        | cancellations(cancelled.get(week, []))
        | _paid(week[1], paid.get(week, []))
        | {"is_settled": frame.as_of >= _end_of_week(week[1], week[2], frame) + frame.no_show_minutes * MINUTE}
        for week in sorted(visits.keys() | created.keys() | completed.keys() | cancelled.keys())
    ]


def agg_payments_weekly(jobs: list[Row], payments: list[Row]) -> list[Row]:
    """Return the payments of completed jobs by week, from rows of fct_service_jobs and fct_job_payments."""
    weeks = {job["service_job_id"]: _week(job, job["completed_date"]) for job in jobs if job["completed_date"]}
    stores = {job["service_job_id"]: job["store_id"] for job in jobs}
    groups = group((_payment_key(row, weeks, stores), row) for row in payments if row["service_job_id"] in weeks)
    return [dict(zip(PAYMENTS, key, strict=True)) | _amounts(rows) for key, rows in groups.items()]


def _payment_key(row: Row, weeks: dict[str, tuple[Any, ...]], stores: dict[str, str]) -> tuple[Any, ...]:
    account, marketplace_id, week = weeks[row["service_job_id"]]
    return account, marketplace_id, stores[row["service_job_id"]], week, row["currency"], row["instrument"]


def _amounts(payments: list[Row]) -> Row:
    amounts = [row["amount"] for row in payments if row["amount"] is not None]
    return {
        "jobs": len({row["service_job_id"] for row in payments}),
        "payments": len(payments),
        "amount": round(sum(amounts), 4) if amounts else None,
    }


def _week(row: Row, day: Any) -> tuple[Any, ...]:
    return row["account"], row["marketplace_id"], day - timedelta(days=day.weekday())


def _end_of_week(marketplace_id: str, week_start: date, frame: Frame) -> int:
    """Return the second from which on it is the next Monday in the marketplace's time zone and in those of all its stores."""
    stores = {zone for (marketplace, _), zone in frame.store_zones.items() if marketplace == marketplace_id}
    zones = map(ZoneInfo, stores | {BY_ID[marketplace_id].time_zone})
    return max(int(datetime.combine(week_start + timedelta(days=7), time(), zone).timestamp()) for zone in zones)


def _visits(visits: list[Row]) -> Row:
    return figures(visits) | {"cancellations": sum(row["outcome"] == "cancelled" for row in visits)}


def _created(jobs: list[Row]) -> Row:
    hours = [job["hours_to_first_appointment"] for job in jobs if job["hours_to_first_appointment"] is not None]
    return {"jobs_created": len(jobs), "median_hours_to_first_appointment": median(hours) if hours else None}


def _completed(jobs: list[Row]) -> Row:
    judged = [job["is_first_visit_resolution"] for job in jobs if job["is_first_visit_resolution"] is not None]
    return {
        "completed_jobs": len(jobs),
        "resolved_jobs": len(judged),
        "first_visit_resolutions": sum(judged),
        "first_visit_resolution_rate": rate(sum(judged), len(judged)),
    }


def _paid(marketplace_id: str, payments: list[Row]) -> Row:
    """Return the payments in the marketplace's own currency."""
    currency = BY_ID[marketplace_id].currency
    amounts = [row["amount"] for row in payments if row["currency"] == currency and row["amount"] is not None]
    return {"payment_total": round(sum(amounts), 4) if amounts else None, "payment_currency": currency}
