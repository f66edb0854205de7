"""Capacity of every resource: in fixed slots, which the marts build on, and in ranges of equal capacity where asked for."""

from collections import Counter
from collections.abc import Iterator

import dlt

from include.extract import model, records
from include.extract.privacy import BuyerKeys
from include.extract.reader import Problem, Reading
from include.extract.snapshots import Rows, findings, read_all
from include.services_api import ServicesClient
from include.services_api.paging import fixed_capacity_pages, range_capacity_pages
from include.services_api.parameters import CAPACITY_TYPES
from include.warehouse.loading.windows import Window

SLOT_MINUTES = 60


@dlt.resource(name="resource_capacity", write_disposition="append")
def resource_capacity(
    client: ServicesClient, window: Window, resources: tuple[str, ...], keys: BuyerKeys, counts: Counter
) -> Iterator:
    """Fixed slots of 60 minutes of every resource from the window's start to its end, all capacity types, as Arrow tables."""

    def read(resource: str) -> Rows:
        rows: Rows = {}
        asked = {"slot_minutes": SLOT_MINUTES, "capacity_types": CAPACITY_TYPES}
        for answer in fixed_capacity_pages(client, window.marketplace_id, resource, window.start, window.end, **asked):
            counts["pages"] += 1
            reading = Reading(keys)
            capacity = reading.whole(answer.payload, model.FIXED_CAPACITY) or {}
            found = list(_fixed(window, resource, capacity, reading))
            _extend(rows, {"resource_capacity": [row | {"observed_at": answer.received_at} for row in found]})
            _extend(rows, findings(window, resource, reading, answer.received_at))
        return rows

    yield from read_all(window, resources, read)


@dlt.resource(name="resource_capacity_ranges", write_disposition="append")
def resource_capacity_ranges(
    client: ServicesClient, window: Window, resources: tuple[str, ...], keys: BuyerKeys, counts: Counter
) -> Iterator:
    """The same as ranges of equal capacity, a list per capacity type."""

    def read(resource: str) -> Rows:
        rows, ranges, answer = {}, [], None
        asked = {"capacity_types": CAPACITY_TYPES}
        for answer in range_capacity_pages(client, window.marketplace_id, resource, window.start, window.end, **asked):
            counts["pages"] += 1
            reading = Reading(keys)
            capacity = reading.whole(answer.payload, model.RANGE_CAPACITY) or {}
            ranges += _ranges(capacity, reading)
            _extend(rows, findings(window, resource, reading, answer.received_at))
        about = {
            "account": window.account, "marketplace_id": window.marketplace_id, "resource_id": resource,
            "observed_at": answer.received_at,
        }  # fmt: skip
        snapshot = about | {"range_start": window.start, "range_end": window.end}
        return rows | {
            "resource_capacity_ranges": [about | row for row in _joined(window, ranges)],
            "resource_capacity_range_snapshots": [snapshot],
        }

    yield from read_all(window, resources, read)


def _fixed(window: Window, resource: str, capacity: dict, reading: Reading) -> Iterator[dict]:
    about = {
        "account": window.account, "marketplace_id": window.marketplace_id, "resource_id": resource,
        "slot_minutes": capacity.get("slotDuration") or SLOT_MINUTES,
    }  # fmt: skip
    for position, slot in enumerate(capacity.get("capacities") or [], start=1):
        start = records.moment((slot or {}).get("startDateTime"))
        if start is None:
            reading.problems.append(Problem(f"capacities[{position}]", "a capacity without a readable start", slot))
            continue
        kinds = ("scheduled", "available", "encumbered", "reserved")
        yield about | {"slot_start_at": start} | {f"{kind}_capacity": slot.get(f"{kind}Capacity") for kind in kinds}


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
    """Ranges that a page has cut are put together again; one that began before what was asked for has no known start."""
    joined: list[dict] = []
    for one in sorted(ranges, key=lambda row: (row["capacity_type"], row["range_start_at"])):
        last = joined[-1] if joined else {}
        touches = last.get("range_end_at") == one["range_start_at"]
        if touches and all(last[name] == one[name] for name in ("capacity_type", "capacity")):
            last["range_end_at"] = one["range_end_at"]
        else:
            joined.append(one)
    return [row | {"range_start_at": None} if row["range_start_at"] <= window.start else row for row in joined]


def _extend(rows: Rows, more: Rows) -> None:
    for table, those in more.items():
        rows.setdefault(table, []).extend(those)
