"""fct_demand_capacity_hourly: preferred times, booked appointments and capacity of stores by hour."""

from collections import defaultdict
from typing import Any

from include.sandbox.truth.frame import Frame, Place, Row, preferred_starts, scheduled
from include.sandbox.world.capacity import Capacity
from include.sandbox.world.times import HOUR, MINUTE


def fct_demand_capacity_hourly(jobs: list[Row], capacity: dict[Place, dict[int, Capacity]], frame: Frame) -> list[Row]:
    """Return one row per store and hour with demand or capacity.

    Args:
        jobs: Payloads.
        capacity: By store, then by the second at which an hour begins.
        frame: The frame of the judgement.
    """
    demand: dict[tuple[Place, int], dict[str, float]] = defaultdict(lambda: dict.fromkeys(DEMAND, 0))
    for job in jobs:
        place = job["marketplaceId"], job["storeId"]
        for start, minutes in _standing(job):
            demand[place, start // HOUR * HOUR]["booked_starts"] += 1
            # an appointment without a readable duration overlaps no hour
            end = start + (minutes or 0) * MINUTE
            for hour in range(start // HOUR * HOUR, end, HOUR) if minutes else ():
                demand[place, hour]["booked_appointments"] += 1
                demand[place, hour]["booked_minutes"] += (min(end, hour + HOUR) - max(start, hour)) / MINUTE
        preferred = preferred_starts(job)
        for time in preferred:
            hour_of_time = demand[place, time // HOUR * HOUR]
            hour_of_time["preferred_starts"] += 1
            if job.get("serviceJobStatus") not in ("CANCELLED", "NOT_FULFILLABLE"):
                hour_of_time["preferred_demand"] += 1 / len(preferred)
    hours = set(demand) | {(place, hour) for place, by_hour in capacity.items() for hour in by_hour}
    return [_row(place, hour, capacity.get(place, {}).get(hour), demand, frame) for place, hour in sorted(hours)]


DEMAND = ("booked_appointments", "booked_starts", "booked_minutes", "preferred_starts", "preferred_demand")


def _standing(job: Row) -> list[tuple[int, int | None]]:
    """Return `(start, minutes)` of the appointments that are ACTIVE or COMPLETED and have a readable start."""
    standing = [item for item in job.get("appointments", []) if item.get("appointmentStatus") in ("ACTIVE", "COMPLETED")]
    return [(start, minutes) for start, minutes in map(scheduled, standing) if start is not None]


def _row(place: Place, hour: int, capacity: Capacity | None, demand: Any, frame: Frame) -> Row:
    capacities = {f"{name}_capacity": getattr(capacity, name) if capacity else None for name in Capacity._fields}
    return {
        "account": frame.account,
        "marketplace_id": place[0],
        "store_id": place[1],
        "hour_start_at": hour,
        "service_date": frame.local_date(hour, frame.zone(*place)),
        **capacities,
        **(demand[place, hour] if (place, hour) in demand else dict.fromkeys(DEMAND, 0)),
        "utilization": utilization([capacity] if capacity else []),
        "is_past": hour < frame.as_of // HOUR * HOUR,
    }


def utilization(hours: list[Capacity]) -> float | None:
    """Return the share of encumbered capacity in what is scheduled and not reserved; None without such capacity."""
    usable = sum(hour.scheduled - hour.reserved for hour in hours)
    return sum(hour.encumbered for hour in hours) / usable if usable > 0 else None
