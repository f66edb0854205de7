"""Dimensions: of what the jobs name, and of what does not change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from include.sandbox.api import reason_codes
from include.sandbox.truth.facts import Frame, Row, technician_names
from include.sandbox.world.marketplaces import MARKETPLACES


def dim_technician(payloads: Iterable[Row], frame: Frame) -> list[Row]:
    """Everybody who was ever named; a name that is known once is known."""
    names: dict[str, str | None] = {}
    for technician, name in (each for job in payloads for each in technician_names(job).items()):
        names[technician] = name or names.get(technician)
    return [{"account": frame.account, "technician_id": each, "technician_name": name} for each, name in sorted(names.items())]


def dim_store(payloads: list[Row], frame: Frame) -> list[Row]:
    stores = sorted({(job["marketplaceId"], job["storeId"]) for job in payloads})
    return [
        {"account": frame.account, "marketplace_id": place[0], "store_id": place[1], "time_zone": frame.zone(*place)}
        for place in stores
    ]


def dim_service(payloads: list[Row], frame: Frame) -> list[Row]:
    """A title and skills that are known of one job are known of the service."""
    found: dict[tuple[str, str], Row] = {}
    for job in payloads:
        scope = job.get("scopeOfWork", {})
        if "asin" in scope:
            known = found.setdefault((job["marketplaceId"], scope["asin"]), {})
            known["service_title"] = scope.get("title") or known.get("service_title")
            known["required_skills"] = scope.get("requiredSkills") or known.get("required_skills", [])
    return [
        {"account": frame.account, "marketplace_id": marketplace_id, "asin": asin} | known
        for (marketplace_id, asin), known in sorted(found.items())
    ]


def dim_marketplace() -> list[Row]:
    columns = ("country_code", "marketplace_id", "name", "region", "currency", "time_zone")
    return [dict(zip(columns, marketplace, strict=True)) for marketplace in MARKETPLACES]


def dim_reason_code() -> list[Row]:
    columns = ("kind", "code", "description", "country_code", "service_type")
    return [dict(zip(columns, row, strict=True)) for row in reason_codes.rows()]


def dim_date() -> list[Row]:
    days = (date(2015, 1, 1) + timedelta(days=each) for each in range((date(2041, 1, 1) - date(2015, 1, 1)).days))
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
