"""Appointment slots and capacity: ranges, durations, pages, and the same world behind both."""

from __future__ import annotations

import pytest

from include.sandbox.world.times import from_iso
from tests.sandbox.conftest import NOW, UK, US, Running

ALL = ["SCHEDULED_CAPACITY", "AVAILABLE_CAPACITY", "ENCUMBERED_CAPACITY", "RESERVED_CAPACITY"]
WEEK = {"startDateTime": NOW, "endDateTime": "2026-11-17T12:00:00Z", "capacityTypes": ALL}


def store(world: Running) -> dict:
    return world.control("GET", "health")["stores"][0]


def capacity(world: Running, form: str, body: dict, **query: str):
    path = f"serviceResources/{store(world)['store_id']}/capacity/{form}"
    return world.call("POST", path, params={"marketplaceIds": US} | query, json=body)


def test_fixed_slots_are_paged_without_gaps(world: Running) -> None:
    body = {"startDateTime": NOW, "endDateTime": "2026-12-20T12:00:00Z", "slotDuration": 30, "capacityTypes": ALL}
    slots, query = [], {}
    while True:
        answer = capacity(world, "fixed", body, **query).json()
        slots += answer["capacities"]
        if "nextPageToken" not in answer:
            break
        query = {"nextPageToken": answer["nextPageToken"]}
    starts = [from_iso(slot["startDateTime"]) for slot in slots]
    assert starts == list(range(from_iso(NOW), from_iso("2026-12-20T12:00:00Z"), 1_800))
    assert any(slot["scheduledCapacity"] for slot in slots) and not all(slot["scheduledCapacity"] for slot in slots)
    for slot in slots:
        left = slot["scheduledCapacity"] - slot["reservedCapacity"] - slot["encumberedCapacity"]
        assert slot["availableCapacity"] == max(0, left)


def test_range_slots_say_the_same_as_fixed_ones(world: Running) -> None:
    ranges = {each["capacityType"]: each["slots"] for each in capacity(world, "range", WEEK).json()["capacities"]}
    assert list(ranges) == ALL
    for slot in capacity(world, "fixed", WEEK | {"slotDuration": 5}).json()["capacities"]:
        start = slot["startDateTime"]
        for kind, name in zip(ALL, ("scheduled", "available", "encumbered", "reserved"), strict=True):
            piece = next(each for each in ranges[kind] if each["startDateTime"] <= start < each["endDateTime"])
            assert piece["capacity"] == slot[f"{name}Capacity"], (kind, start)


def test_only_the_asked_types_are_told_and_scheduled_by_default(world: Running) -> None:
    body = {"startDateTime": NOW, "endDateTime": "2026-11-10T14:00:00Z"}
    assert capacity(world, "fixed", body).json()["capacities"][0].keys() == {"startDateTime", "scheduledCapacity"}


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"slotDuration": 400}, "multiple of 5"),
        ({"slotDuration": 7}, "multiple of 5"),
        ({"slotDuration": 0}, "multiple of 5"),
        ({"endDateTime": "2026-11-01T00:00:00Z"}, "after Start Time"),
        ({"endDateTime": "2027-11-01T00:00:00Z"}, "90 days"),
        ({"endDateTime": "2021-0"}, "endDateTime is not a valid ISO"),
        ({"endDateTime": ""}, "not present"),
    ],
)
def test_a_bad_capacity_query_is_refused(world: Running, changed: dict, problem: str) -> None:
    answer = capacity(world, "fixed", WEEK | changed)
    assert answer.status_code == 400
    assert problem in answer.json()["errors"][0]["details"]


def test_unknown_resources_types_and_tokens_are_refused(world: Running) -> None:
    assert capacity(world, "fixed", WEEK | {"capacityTypes": ["ANY"]}).status_code == 400
    assert capacity(world, "fixed", WEEK, marketplaceIds=UK).status_code == 400
    assert capacity(world, "range", WEEK, nextPageToken="nonsense").status_code == 400


def test_slots_offer_what_is_free_and_begin_after_now(world: Running) -> None:
    found = store(world)
    query = {"marketplaceIds": US, "storeId": found["store_id"], "asin": found["asins"][0]}
    window = {"startTime": "2026-11-09T00:00:00Z", "endTime": "2026-11-20T00:00:00Z"}
    answer = world.call("GET", "appointmentSlots", params=query | window).json()["payload"]
    assert (answer["startTime"], answer["endTime"]) == (window["startTime"], window["endTime"])
    starts = [slot["startTime"] for slot in answer["appointmentSlots"]]
    assert starts and min(starts) > NOW
    assert {slot["capacity"] for slot in answer["appointmentSlots"]} >= {0, 1}
    assert world.call("GET", "appointmentSlots", params=query).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"startTime": NOW},
        {"endTime": "20-21-04-04T01:00:00Z"},
        {"startTime": NOW, "endTime": "2026-11-01T00:00:00Z"},
        {"startTime": NOW, "endTime": "2027-03-01T00:00:00Z"},
        {"asin": "B000000000"},
        {"storeId": "nowhere"},
        {"storeId": ""},
        {"marketplaceIds": UK},
    ],
)
def test_a_bad_slot_query_is_refused(world: Running, changed: dict) -> None:
    found = store(world)
    query = {"marketplaceIds": US, "storeId": found["store_id"], "asin": found["asins"][0]}
    assert world.call("GET", "appointmentSlots", params=query | changed).status_code == 400


def test_a_job_has_the_slots_of_its_service(world: Running) -> None:
    job = world.find(lambda each: each["serviceJobStatus"] == "PENDING_SCHEDULE")
    by_service = {"marketplaceIds": US, "storeId": job["storeId"], "asin": job["scopeOfWork"]["asin"]}
    by_job = world.call("GET", f"serviceJobs/{job['serviceJobId']}/appointmentSlots", params={"marketplaceIds": US})
    assert by_job.json() == world.call("GET", "appointmentSlots", params=by_service).json()
    assert world.call("GET", "serviceJobs/nothing/appointmentSlots", params={"marketplaceIds": US}).status_code == 404
