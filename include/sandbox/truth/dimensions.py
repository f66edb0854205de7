"""Dimensions: stores, technicians and services in the payloads; marketplaces and dates."""

from collections.abc import Iterable
from datetime import date, timedelta

from include.sandbox.truth.frame import Frame, Row, technician_names
from include.sandbox.world.marketplaces import MARKETPLACES


def dim_technician(payloads: Iterable[Row], frame: Frame) -> list[Row]:
    """Return every technician in the payloads of all readings; the last readable name is kept."""
    names: dict[str, str | None] = {}
    for job in payloads:
        for technician_id, name in technician_names(job).items():
            names[technician_id] = name or names.get(technician_id)
    return [{"account": frame.account, "technician_id": key, "technician_name": name} for key, name in sorted(names.items())]


def dim_service(payloads: list[Row], frame: Frame) -> list[Row]:
    """Return every service in the payloads, with the last readable title and skills."""
    services: dict[tuple[str, str], Row] = {}
    for job in payloads:
        scope = job.get("scopeOfWork", {})
        if "asin" in scope:
            service = services.setdefault((job["marketplaceId"], scope["asin"]), {})
            service["service_title"] = scope.get("title") or service.get("service_title")
            service["required_skills"] = scope.get("requiredSkills") or service.get("required_skills", [])
    return [
        {"account": frame.account, "marketplace_id": marketplace_id, "asin": asin} | service
        for (marketplace_id, asin), service in sorted(services.items())
    ]


def dim_marketplace() -> list[Row]:
    """Return all marketplaces of Amazon."""
    return [marketplace._asdict() for marketplace in MARKETPLACES]


def dim_date() -> list[Row]:
    """Return the dates of 2015 to 2040."""
    days = (date(2015, 1, 1) + timedelta(days=number) for number in range((date(2041, 1, 1) - date(2015, 1, 1)).days))
    return [
        {
            "date_day": day,
            "year_number": day.year,
            "quarter_of_year": (day.month + 2) // 3,
            "month_of_year": day.month,
            "day_of_month": day.day,
            "iso_day_of_week": day.isoweekday(),
            "day_of_year": day.timetuple().tm_yday,
            "iso_year": day.isocalendar().year,
            "iso_week": day.isocalendar().week,
            "week_start_date": day - timedelta(days=day.weekday()),
            "month_start_date": day.replace(day=1),
            "is_weekend": day.isoweekday() > 5,
        }
        for day in days
    ]
