"""agg_account_weekly: one row per marketplace and week, Monday to Sunday by the dates of the stores."""

from datetime import timedelta
from statistics import median
from typing import Any

from include.sandbox.truth.aggregates import figures, group, rate
from include.sandbox.truth.frame import Frame, Row

WEEK = ("account", "marketplace_id", "week_start_date")


def agg_account_weekly(appointments: list[Row], jobs: list[Row], frame: Frame) -> list[Row]:
    """Return the weeks with an appointment or a completed job.

    `_payment_totals`, the amounts by currency, is no column of the contract.
    """
    visits = group((_week(row, row["service_date"]), row) for row in appointments if row["service_date"])
    completed = group(
        (_week(job, frame.local_date(job["completed_at"], frame.zone(job["marketplace_id"], job["store_id"]))), job)
        for job in jobs
        if job["completed_at"] is not None
    )
    return [
        dict(zip(WEEK, week, strict=True)) | _figures(visits.get(week, []), completed.get(week, []))
        for week in sorted(visits.keys() | completed.keys())
    ]


def _week(row: Row, day: Any) -> tuple[Any, ...]:
    return row["account"], row["marketplace_id"], day - timedelta(days=day.weekday())


def _figures(visits: list[Row], completed: list[Row]) -> Row:
    lead_times = [row["lead_time_hours"] for row in visits if row["lead_time_hours"] is not None]
    resolved = sum(job["is_first_visit_resolution"] for job in completed)
    return (
        figures(visits)
        | _payments(completed)
        | {
            "completed_jobs": len(completed),
            "first_visit_resolutions": resolved,
            "first_visit_resolution_rate": rate(resolved, len(completed)),
            "median_lead_time_hours": median(lead_times) if lead_times else None,
            "cancellations": sum(row["outcome"] == "cancelled" for row in visits),
        }
    )


def _payments(completed: list[Row]) -> Row:
    """Return the total if all amounts have one currency; a job with several has currency None."""
    totals = group((job["payment_currency"], job["payment_total"]) for job in completed if job["payment_total"] is not None)
    by_currency = {currency: round(sum(amounts), 4) for currency, amounts in totals.items()}
    currency, total = next(iter(by_currency.items())) if len(by_currency) == 1 else (None, None)
    return {
        "payment_total": total if currency else None,
        "payment_currency": currency,
        "_payment_totals": [{"payment_currency": key, "payment_total": amount} for key, amount in by_currency.items()],
    }
