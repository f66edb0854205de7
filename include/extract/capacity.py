"""dlt resources for the capacity of resources: in slots of an hour, and in ranges of equal capacity."""

from collections import Counter
from collections.abc import Iterator

import dlt

from include.extract import records
from include.extract.privacy import BuyerKeys
from include.extract.reader import Problem, Reading
from include.extract.snapshots import Rows, about, extend, findings, read_all
from include.services_api import ServicesClient
from include.services_api.paging import fixed_capacity_pages, range_capacity_pages
from include.services_api.parameters import CAPACITY_TYPES
from include.warehouse import api_fields
from include.warehouse.loading.windows import Window

SLOT_MINUTES = 60


@dlt.resource(name="resource_capacity")
def resource_capacity(
    client: ServicesClient, window: Window, resources: tuple[str, ...], keys: BuyerKeys, counts: Counter
) -> Iterator:
    """Yield the fixed 60-minute slots of every resource in the window, all capacity types, as Arrow tables."""

    def read(resource: str) -> Rows:
        rows: Rows = {}
        options = {"slot_minutes": SLOT_MINUTES, "capacity_types": CAPACITY_TYPES}
        for response in fixed_capacity_pages(client, window.marketplace_id, resource, window.start, window.end, **options):
            counts["pages"] += 1
            reading = Reading(keys)
            slots = _fixed(window, resource, reading.payload(response.payload, api_fields.FIXED_CAPACITY), reading)
            extend(rows, {"resource_capacity": [row | {"observed_at": response.received_at} for row in slots]})
            extend(rows, findings(window, resource, reading, response.received_at))
        return rows

    yield from read_all(window, resources, read)


@dlt.resource(name="resource_capacity_ranges")
def resource_capacity_ranges(
    client: ServicesClient, window: Window, resources: tuple[str, ...], keys: BuyerKeys, counts: Counter
) -> Iterator:
    """Yield the capacity of every resource in the window as ranges of equal capacity per capacity type, as Arrow tables."""

    def read(resource: str) -> Rows:
        rows: Rows = {}
        ranges: list[dict] = []
        options = {"capacity_types": CAPACITY_TYPES}
        for response in range_capacity_pages(client, window.marketplace_id, resource, window.start, window.end, **options):
            counts["pages"] += 1
            reading, observed_at = Reading(keys), response.received_at
            ranges += _ranges(reading.payload(response.payload, api_fields.RANGE_CAPACITY), reading)
            extend(rows, findings(window, resource, reading, observed_at))
        shared = about(window, resource_id=resource, observed_at=observed_at)
        snapshot = shared | {"range_start": window.start, "range_end": window.end}
        return rows | {
            "resource_capacity_ranges": [shared | row | {"window_start": window.start} for row in _joined(window, ranges)],
            "resource_capacity_range_snapshots": [snapshot],
        }

    yield from read_all(window, resources, read)


def _fixed(window: Window, resource: str, capacity: dict, reading: Reading) -> Iterator[dict]:
    shared = about(window, resource_id=resource, slot_minutes=capacity.get("slotDuration") or SLOT_MINUTES)
    for position, slot in enumerate(capacity.get("capacities") or [], start=1):
        start = records.moment((slot or {}).get("startDateTime"))
        if start is None:
            reading.problems.append(Problem(f"capacities[{position}]", "a capacity without a readable start", slot))
            continue
        kinds = ("scheduled", "available", "encumbered", "reserved")
        yield shared | {"slot_start_at": start} | {f"{kind}_capacity": slot.get(f"{kind}Capacity") for kind in kinds}


def _ranges(capacity: dict, reading: Reading) -> Iterator[dict]:
    for place, of_type in enumerate(capacity.get("capacities") or [], start=1):
        for position, slot in enumerate((of_type or {}).get("slots") or [], start=1):
            start, end = (records.moment((slot or {}).get(name)) for name in ("startDateTime", "endDateTime"))
            if start is None or end is None or of_type.get("capacityType") is None:
                where = f"capacities[{place}].slots[{position}]"
                reading.problems.append(Problem(where, "a range without a readable type, start and end", slot))
                continue
            yield {
                "capacity_type": of_type["capacityType"], "range_start_at": start, "range_end_at": end,
                "capacity": slot.get("capacity"),
            }  # fmt: skip


def _joined(window: Window, ranges: list[dict]) -> list[dict]:
    """Join ranges that were split between pages. The start of a range that began before the window is not known."""
    joined: list[dict] = []
    for row in sorted(ranges, key=lambda row: (row["capacity_type"], row["range_start_at"])):
        last = joined[-1] if joined else {}
        touches = last.get("range_end_at") == row["range_start_at"]
        if touches and all(last[name] == row[name] for name in ("capacity_type", "capacity")):
            last["range_end_at"] = row["range_end_at"]
        else:
            joined.append(row)
    return [row | {"range_start_at": None} if row["range_start_at"] <= window.start else row for row in joined]
