"""fct_demand_capacity_hourly: preferred times, booked appointments and capacity of stores by hour."""

from collections import defaultdict
from typing import Any

from include.sandbox.truth.frame import Frame, Row, preferred_starts, scheduled
from include.sandbox.world.capacity import Capacity
from include.sandbox.world.times import HOUR, MINUTE

Place = tuple[str, str]  # marketplace_id, store_id


def fct_demand_capacity_hourly(jobs: list[Row], capacity: dict[Place, dict[int, Capacity]], frame: Frame) -> list[Row]:
    """Return one row per store and hour with demand or capacity.

    Args:
        jobs: Payloads.
        capacity: By store, then by the second at which an hour begins.
        frame: The frame of the judgement.
    """
    demand: dict[tuple[Place, int], dict[str, int]] = defaultdict(lambda: dict.fromkeys(DEMAND, 0))
    for job in jobs:
        place = job["marketplaceId"], job["storeId"]
        for start, minutes in _standing(job):
            demand[place, start // HOUR * HOUR]["booked_starts"] += 1
            # an appointment without a readable duration overlaps no hour
            for hour in range(start // HOUR * HOUR, start + minutes * MINUTE, HOUR) if minutes else ():
                demand[place, hour]["booked_appointments"] += 1
        for preferred in preferred_starts(job):
            demand[place, preferred // HOUR * HOUR]["preferred_starts"] += 1
    hours = set(demand) | {(place, hour) for place, by_hour in capacity.items() for hour in by_hour}
    return [_row(place, hour, capacity.get(place, {}).get(hour), demand, frame) for place, hour in sorted(hours)]


DEMAND = ("booked_appointments", "booked_starts", "preferred_starts")


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
    }


def utilization(hours: list[Capacity]) -> float | None:
    """Return the share of encumbered capacity in what is scheduled and not reserved; None without such capacity."""
    usable = sum(hour.scheduled - hour.reserved for hour in hours)
    return sum(hour.encumbered for hour in hours) / usable if usable > 0 else None
