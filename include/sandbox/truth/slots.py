"""Changes of slots and of ranges of capacity, by the moments at which a reader saw them."""

from collections.abc import Callable, Mapping
from typing import Any

from include.sandbox.truth.availability import Availability, Range
from include.sandbox.truth.frame import Frame, Row
from include.sandbox.truth.readings import Reading

Key = tuple[Any, ...]
SLOT = ("slot_start_at", "slot_end_at")
NOTHING = {"capacity": None, "scheduling_type": None}


def fct_slot_availability(readings: list[Reading], frame: Frame) -> list[Row]:
    """Return one row per change of a slot; a slot that a later reading of its time lacks has no capacity."""
    return _slot_changes(readings, frame, ("marketplace_id", "store_id", "asin"), lambda found: found.slots)


def fct_job_slot_availability(readings: list[Reading], frame: Frame) -> list[Row]:
    """Return one row per change of a slot for a job, with the store of the job."""
    stores = {job_id: job["storeId"] for job_id, job in readings[-1].payloads.items()}
    rows = _slot_changes(readings, frame, ("marketplace_id", "service_job_id"), lambda found: found.job_slots)
    return [row | {"store_id": stores[row["service_job_id"]]} for row in rows]


def _slot_changes(
    readings: list[Reading], frame: Frame, columns: tuple[str, ...], of: Callable[[Availability], Mapping[Key, Any]]
) -> list[Row]:
    histories: dict[Key, list[Row]] = {}
    for reading in readings:
        read = of(reading.availability)
        first, last = reading.availability.first, reading.availability.last
        seen = {(*target, *times): slot._asdict() for target, slots in read.items() for times, slot in slots.items()}
        gone = [key for key in histories if key[:-2] in read and first <= key[-2] and key[-1] <= last and key not in seen]
        for key, value in (seen | dict.fromkeys(gone, NOTHING)).items():
            _add(histories.setdefault(key, []), value, reading)
    return _rows(histories, frame, (*columns, *SLOT))


def fct_capacity_ranges(readings: list[Reading], frame: Frame) -> list[Row]:
    """Return one row per change of a range, which its end identifies; a range that a later reading lacks has no capacity."""
    histories: dict[Key, list[Row]] = {}
    for reading in readings:
        found = reading.availability
        seen = {(*target, end): each for target, ranges in found.ranges.items() for end, each in ranges.items()}
        gone = [key for key in histories if key[:-1] in found.ranges and found.first < key[-1] <= found.last and key not in seen]
        for key in {*seen, *gone}:
            changes = histories.setdefault(key, [])
            _add(changes, _range(seen.get(key), changes, found.first), reading)
    return _rows(histories, frame, ("marketplace_id", "store_id", "capacity_type", "range_end_at"))


def _range(read: Range | None, changes: list[Row], first: int) -> Row:
    """Return what is known of a range: one that has begun keeps the start at which it was seen before."""
    if read is None:
        return {"capacity": None, "range_start_at": None}
    start = read.start
    if start is None and changes and changes[-1]["capacity"] == read.capacity:
        known = changes[-1]["range_start_at"]
        start = known if known is not None and known <= first else None
    return {"capacity": read.capacity, "range_start_at": start}


def _add(changes: list[Row], value: Row, reading: Reading) -> None:
    """Add a value that differs from the last one."""
    if not changes or any(changes[-1][name] != content for name, content in value.items()):
        changes.append(value | {"observed_at": reading.moment})


def _rows(histories: Mapping[Key, list[Row]], frame: Frame, columns: tuple[str, ...]) -> list[Row]:
    return [
        {"account": frame.account} | dict(zip(columns, key, strict=True)) | change | {"is_current": change is changes[-1]}
        for key, changes in histories.items()
        for change in changes
    ]
