"""Dimensions, and the slots that stores offer now: of what the jobs name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from include.sandbox.api import reason_codes
from include.sandbox.truth.facts import Frame, Row, technician_names
from include.sandbox.world.marketplaces import MARKETPLACES


def dim_technician(payloads: list[Row], frame: Frame) -> list[Row]:
    names = {technician: name for job in payloads for technician, name in technician_names(job).items()}
    return [{"account": frame.account, "technician_id": each, "technician_name": name} for each, name in sorted(names.items())]


def dim_store(payloads: list[Row], frame: Frame) -> list[Row]:
    stores = sorted({(job["marketplaceId"], job["storeId"]) for job in payloads})
    return [
        {"account": frame.account, "marketplace_id": place[0], "store_id": place[1], "time_zone": frame.zone(*place)}
        for place in stores
    ]


def dim_service(payloads: list[Row], frame: Frame) -> list[Row]:
    found = {(job["marketplaceId"], job["scopeOfWork"]["asin"]): job["scopeOfWork"] for job in payloads}
    return [
        {
            "account": frame.account,
            "marketplace_id": marketplace_id,
            "asin": asin,
            "service_title": scope["title"],
            "required_skills": scope["requiredSkills"],
        }
        for (marketplace_id, asin), scope in sorted(found.items())
    ]


def dim_marketplace() -> list[Row]:
    columns = ("country_code", "marketplace_id", "name", "region", "currency", "time_zone")
    return [dict(zip(columns, marketplace, strict=True)) for marketplace in MARKETPLACES]


def dim_reason_code() -> list[Row]:
    columns = ("kind", "code", "description", "country_code", "service_type")
    return [dict(zip(columns, row, strict=True)) for row in reason_codes.rows()]


def fct_slot_availability(offers: Iterable[tuple[Any, Any, list[tuple[int, int, int]]]], frame: Frame) -> list[Row]:
    """`offers`: store, service and `(start, end, capacity)` of its slots; only what is current."""
    return [
        {
            "account": frame.account,
            "marketplace_id": store.marketplace.marketplace_id,
            "store_id": store.store_id,
            "asin": service.asin,
            "slot_start_at": start,
            "slot_end_at": end,
            "capacity": capacity,
            "is_current": True,
        }
        for store, service, slots in offers
        for start, end, capacity in slots
    ]
