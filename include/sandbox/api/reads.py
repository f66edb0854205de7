"""The operations that change nothing: jobs, appointment slots, capacity."""

import base64
from typing import Any
from urllib.parse import unquote

from include.sandbox.api.call import Call, Service
from include.sandbox.api.errors import ApiError, invalid, missing_or_invalid
from include.sandbox.api.operations import CAPACITY_TYPES
from include.sandbox.world import company
from include.sandbox.world.capacity import StoreCapacity, free_slots
from include.sandbox.world.company import Store
from include.sandbox.world.payload import detail
from include.sandbox.world.times import DAY, MINUTE, from_iso, read_iso, to_iso

LONGEST_RANGE = 90 * DAY
DEFAULT_SLOT_RANGE = 14 * DAY
SLOTS_A_PAGE = 400
RANGE_A_PAGE = 35 * DAY


def get_service_jobs(service: Service, call: Call) -> bytes:
    """Return a page of jobs."""
    return service.job_list.page(call.query)


def get_service_job(service: Service, call: Call) -> dict[str, Any]:
    """Return a job in detail."""
    return {"payload": detail(service.job(call.path["serviceJobId"]), service.world.now())}


def get_appointment_slots(service: Service, call: Call) -> dict[str, Any]:
    """Return the free slots of a service in a store."""
    store = service.store(call.query["storeId"], call.marketplace_id)
    if store is None:
        raise missing_or_invalid("storeId")
    offered = store.service(call.query["asin"])
    if offered is None:
        raise missing_or_invalid("asin")
    return _slots(service, call, store, offered, label="Range ")


def get_appointment_slots_by_job_id(service: Service, call: Call) -> dict[str, Any]:
    """Return the free slots of a job's service."""
    job = service.job(call.path["serviceJobId"])
    if job.store.marketplace.marketplace_id != call.marketplace_id:
        raise missing_or_invalid("marketplaceIds")
    return _slots(service, call, job.store, job.service, label="")


def _slots(service: Service, call: Call, store: Store, offered: company.Service, label: str) -> dict[str, Any]:
    start, end = _slot_range(call.query, service.world.now(), label)
    free = free_slots(service.world, store, service.calendars[store.store_id], offered, start, end)
    return {
        "payload": {
            "schedulingType": offered.scheduling_type,
            "startTime": to_iso(start),
            "endTime": to_iso(end),
            "appointmentSlots": [
                {"startTime": to_iso(first), "endTime": to_iso(last), "capacity": capacity} for first, last, capacity in free
            ],
        }
    }


def _slot_range(query: dict[str, Any], now: int, label: str) -> tuple[int, int]:
    start, end = (
        read_iso(query[name], invalid(f"{label}{words} is not a valid ISO date/time object")) if name in query else None
        for name, words in (("startTime", "Start Time"), ("endTime", "End Time"))
    )
    if (start is None) != (end is None):
        raise invalid(f"{label}Start Time and {label}End Time should be given together")
    if start is None or end is None:
        return now, now + DEFAULT_SLOT_RANGE
    if end <= start:
        raise invalid(f"{label}End Time should be after {label}Start Time")
    if end - start > LONGEST_RANGE:
        raise invalid("Maximum range of appointment slots is 90 days")
    return start, end


def get_fixed_slot_capacity(service: Service, call: Call) -> dict[str, Any]:
    """Return a page of a store's capacity in slots of equal length."""
    store, start, end = _capacity_query(service, call)
    minutes = call.body.get("slotDuration", 60)
    if minutes % 5 or not 5 <= minutes <= 360:
        raise _bad_capacity("Slot duration is not valid, it should be a multiple of 5 and within allowed range.")
    length = int(minutes) * MINUTE
    first = _page_start(call.query, start, end)
    last = min(end, first + SLOTS_A_PAGE * length)
    capacity = StoreCapacity(service.world, store, service.calendars[store.store_id], first, last + length)
    names = {kind: f"{kind}Capacity" for kind in map(_name, _types(call))}
    slots = []
    for moment in range(first, last, length):
        values = capacity.slot(moment, moment + length)._asdict()
        slots.append({"startDateTime": to_iso(moment)} | {name: values[kind] for kind, name in names.items()})
    answer = {"resourceId": store.store_id, "slotDuration": int(minutes), "capacities": slots}
    return answer | ({"nextPageToken": _page_token(last)} if last < end else {})


def get_range_slot_capacity(service: Service, call: Call) -> dict[str, Any]:
    """Return a page of a store's capacity in ranges of equal capacity."""
    store, start, end = _capacity_query(service, call)
    first = _page_start(call.query, start, end)
    last = min(end, first + RANGE_A_PAGE)
    capacity = StoreCapacity(service.world, store, service.calendars[store.store_id], first, last)
    moments = capacity.moments(first, last)
    pieces = [(moment, until, capacity.slot(moment, until)) for moment, until in zip(moments, [*moments[1:], last], strict=True)]
    capacities = []
    for kind in _types(call):
        slots: list[dict[str, Any]] = []
        for moment, until, values in pieces:
            value = getattr(values, _name(kind))
            if slots and slots[-1]["capacity"] == value:
                slots[-1]["endDateTime"] = to_iso(until)
            else:
                slots.append({"startDateTime": to_iso(moment), "endDateTime": to_iso(until), "capacity": value})
        capacities.append({"capacityType": kind, "slots": slots})
    answer = {"resourceId": store.store_id, "capacities": capacities}
    return answer | ({"nextPageToken": _page_token(last)} if last < end else {})


def _types(call: Call) -> list[str]:
    types = call.body.get("capacityTypes") or ["SCHEDULED_CAPACITY"]
    return [kind for kind in CAPACITY_TYPES if kind in types]


def _name(capacity_type: str) -> str:
    """Return the field of `Capacity` for one of `CAPACITY_TYPES`."""
    return capacity_type.split("_")[0].lower()


def _capacity_query(service: Service, call: Call) -> tuple[Store, int, int]:
    names = ("startDateTime", "endDateTime")
    if not all(call.body.get(name) for name in names):
        raise _bad_capacity("startDateTime or endDateTime are not present")
    start, end = (read_iso(call.body[name], _bad_capacity(f"{name} is not a valid ISO date/time object")) for name in names)
    if end <= start:
        raise _bad_capacity("endDateTime should be after Start Time")
    if end - start > LONGEST_RANGE:
        raise _bad_capacity("The range should not be longer than 90 days")
    store = service.store(call.path["resourceId"], call.marketplace_id)
    if store is None:
        raise _bad_capacity("Missing or invalid request parameters: [resourceId]")
    return store, start, end


def _bad_capacity(problem: str) -> ApiError:
    return invalid("This is invalid input", f"Received the following errors: [{problem}]")


def _page_token(moment: int) -> str:
    """Return a token as Amazon writes it: the start of the next page, with its padding escaped."""
    return base64.b64encode(to_iso(moment).encode()).decode().replace("=", "%3D")


def _page_start(query: dict[str, Any], start: int, end: int) -> int:
    if "nextPageToken" not in query:
        return start
    try:
        moment = from_iso(base64.b64decode(unquote(query["nextPageToken"]), validate=True).decode())
    except (ValueError, OverflowError):
        raise _bad_capacity("nextPageToken is not valid") from None
    if not start <= moment < end:
        raise _bad_capacity("nextPageToken is not valid for this range")
    return moment
