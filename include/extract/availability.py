"""What lies ahead: appointment slots per store and ASIN, and capacity per resource. The dlt resources of these two entities.

Each is a snapshot of now. The loader keeps the changes alone; a slot that a later snapshot of the same range no longer
holds is noted with an empty capacity.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import dlt

from include.extract import model, records, settings
from include.extract.privacy import BuyerKeys
from include.extract.reader import Problem, Reading
from include.services_api import Answer, ServicesClient
from include.services_api.errors import BadRequest, NotFound, Refused
from include.services_api.parameters import CAPACITY_TYPES
from include.warehouse.windows import CAPACITY, SLOTS, Window

log = logging.getLogger(__name__)

CAPACITY_SLOT_MINUTES = 60
BATCH_TARGETS = 200

Rows = dict[str, list[dict]]


@dlt.resource(name="appointment_slots", write_disposition="append")
def appointment_slots(
    client: ServicesClient, window: Window, services: tuple[tuple[str, str], ...], keys: BuyerKeys, counts: Counter
) -> Iterator:
    """Slots of every (store, ASIN) from the window's start to its end, as Arrow tables."""

    def read(service: tuple[str, str]) -> Rows:
        store, asin = service
        answer = client.get_appointment_slots(window.marketplace_id, asin, store, window.start, window.end)
        counts["pages"] += 1
        return _slot_rows(window, store, asin, answer, keys)

    yield from _read_all(window, services, read)


@dlt.resource(name="resource_capacity", write_disposition="append")
def resource_capacity(
    client: ServicesClient, window: Window, resources: tuple[str, ...], keys: BuyerKeys, counts: Counter
) -> Iterator:
    """Fixed slots of 60 minutes of every resource from the window's start to its end, as Arrow tables."""

    def read(resource: str) -> Rows:
        rows, token, seen = {}, None, set()
        while True:
            answer = client.get_fixed_slot_capacity(
                window.marketplace_id, resource, window.start, window.end,
                slot_minutes=CAPACITY_SLOT_MINUTES, capacity_types=CAPACITY_TYPES, page_token=token,
            )  # fmt: skip
            counts["pages"] += 1
            for table, more in _capacity_rows(window, resource, answer, keys).items():
                rows.setdefault(table, []).extend(more)
            token = answer.payload.get("nextPageToken")
            if not token:
                return rows
            if token in seen:
                raise EndlessPaging(f"{window}: capacity of resource {resource} gave page token number {len(seen)} twice")
            seen.add(token)

    yield from _read_all(window, resources, read)


class EndlessPaging(Exception):
    """A page token came again: following it would never end."""


class EveryTargetRefused(Exception):
    """The API refused every single store or resource: that is not about one of them."""


def _read_all(window: Window, targets: tuple, read: Callable[[object], Rows]) -> Iterator:
    """Read every target in parallel. One that the API refuses is quarantined and does not hold the others."""
    refused = 0

    def read_or_refuse(target: object) -> tuple[Rows, Exception | None]:
        try:
            return read(target), None
        except (BadRequest, NotFound, Refused) as error:
            log.warning("%s: %s refused: %s", window, target, error)
            return _refusal(window, target, error), error

    with ThreadPoolExecutor(settings.threads(), thread_name_prefix=window.entity) as threads:
        for first in range(0, len(targets), BATCH_TARGETS):
            together: Rows = {}
            for rows, error in threads.map(read_or_refuse, targets[first : first + BATCH_TARGETS]):
                refused += error is not None
                for table, more in rows.items():
                    together.setdefault(table, []).extend(more)
            for table, rows in together.items():
                if rows:
                    yield dlt.mark.with_table_name(records.batch(table, rows), table)
    if targets and refused == len(targets):
        raise EveryTargetRefused(f"{window}: the API refused all {refused} of them; see the warnings above for its words")


def _refusal(window: Window, target: object, error: Exception) -> Rows:
    key = "/".join(target) if isinstance(target, tuple) else str(target)
    row = {
        "account": window.account, "entity": window.entity, "record_key": key, "field": None,
        "reason": f"{type(error).__name__}: {error}", "payload": None, "observed_at": None,
    }  # fmt: skip
    return {records.QUARANTINE: [row]}


def _slot_rows(window: Window, store: str, asin: str, answer: Answer, keys: BuyerKeys) -> Rows:
    reading = Reading(keys)
    report = reading.read(answer.payload, model.SLOT_REPORT) or {}
    about = {"account": window.account, "marketplace_id": window.marketplace_id, "store_id": store, "asin": asin}
    rows = []
    for position, slot in enumerate(report.get("appointmentSlots") or [], start=1):
        start, end = (records.moment((slot or {}).get(name)) for name in ("startTime", "endTime"))
        if start is None or end is None:
            reading.problems.append(Problem(f"appointmentSlots[{position}]", "a slot without a readable start and end", slot))
            continue
        rows.append(about | {
            "scheduling_type": report.get("schedulingType"), "slot_start_at": start, "slot_end_at": end,
            "capacity": slot.get("capacity"), "observed_at": answer.received_at,
        })  # fmt: skip
    snapshot = about | {"range_start": window.start, "range_end": window.end, "observed_at": answer.received_at}
    return {
        "appointment_slots": rows,
        "appointment_slot_snapshots": [snapshot],
        records.QUARANTINE: _findings(window, SLOTS, f"{store}/{asin}", reading, answer),
    }


def _capacity_rows(window: Window, resource: str, answer: Answer, keys: BuyerKeys) -> Rows:
    reading = Reading(keys)
    capacity = reading.read(answer.payload, model.FIXED_CAPACITY) or {}
    about = {
        "account": window.account, "marketplace_id": window.marketplace_id, "resource_id": resource,
        "slot_minutes": capacity.get("slotDuration") or CAPACITY_SLOT_MINUTES, "observed_at": answer.received_at,
    }  # fmt: skip
    rows = []
    for position, slot in enumerate(capacity.get("capacities") or [], start=1):
        start = records.moment((slot or {}).get("startDateTime"))
        if start is None:
            reading.problems.append(Problem(f"capacities[{position}]", "a capacity without a readable start", slot))
            continue
        kinds = ("scheduled", "available", "encumbered", "reserved")
        rows.append(about | {"slot_start_at": start} | {f"{kind}_capacity": slot.get(f"{kind}Capacity") for kind in kinds})
    return {"resource_capacity": rows, records.QUARANTINE: _findings(window, CAPACITY, resource, reading, answer)}


def _findings(window: Window, entity: str, key: str, reading: Reading, answer: Answer) -> list[dict]:
    for what in sorted(reading.unknown):
        log.warning("%s: %s of %s is unknown to this version", window, what, key)
    problems = reading.problems + [
        Problem(field, "a field that nobody knows; it has no column of its own", value) for field, value in reading.extra.items()
    ]
    return records.quarantine(window.account, entity, key, problems, answer.received_at)
