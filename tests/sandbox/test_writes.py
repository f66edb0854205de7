"""Writes change the world, by the rules of Amazon's guide."""

from __future__ import annotations

import pytest

from include.sandbox.world.times import from_iso, to_iso
from tests.sandbox.conftest import NOW, UK, US, Running

OPEN = ("NOT_SERVICED", "PENDING_SCHEDULE")


def active(job: dict) -> dict | None:
    return next((each for each in job.get("appointments", []) if each["appointmentStatus"] == "ACTIVE"), None)


def is_pending(job: dict) -> bool:
    return job["serviceJobStatus"] == "PENDING_SCHEDULE" and not job.get("appointments")


def is_upcoming(job: dict) -> bool:
    appointment = active(job)
    return job["serviceJobStatus"] == "NOT_SERVICED" and bool(appointment) and appointment["appointmentTime"]["startTime"] > NOW


def is_in_the_past(job: dict) -> bool:
    appointment = active(job)
    return (
        job["serviceJobStatus"] == "NOT_SERVICED"
        and bool(appointment)
        and appointment["appointmentTime"]["startTime"] < "2026-11-10"
    )


def path_of(job: dict, appointment: dict | None = None) -> str:
    path = f"serviceJobs/{job['serviceJobId']}/appointments"
    return f"{path}/{appointment['appointmentId']}" if appointment else path


def message(answer) -> str:
    body = answer.json()
    return (body if isinstance(body, list) else body["errors"])[0]["message"]


def technicians(world: Running, job: dict) -> list[str]:
    stores = world.control("GET", "health")["stores"]
    return next(store["technician_ids"] for store in stores if store["store_id"] == job["storeId"])


def test_an_appointment_is_added_moved_and_staffed(own_world: Running) -> None:
    job = own_world.find(is_pending)
    start = own_world.slots(job, least=2)[0]
    added = own_world.call("POST", path_of(job), json={"appointmentTime": {"startTime": start}})
    assert added.status_code == 200

    booked = own_world.job(job["serviceJobId"])
    assert booked["serviceJobStatus"] == "NOT_SERVICED"
    assert active(booked)["appointmentId"] == added.json()["appointmentId"]
    assert active(booked)["appointmentTime"]["startTime"] == start

    leader = technicians(own_world, job)[0]
    path = path_of(job, active(booked))
    assert own_world.call("PUT", f"{path}/resources", json={"resources": [{"resourceId": leader}]}).json() == {}
    assert active(own_world.job(job["serviceJobId"]))["assignedTechnicians"][0]["technicianId"] == leader

    other = own_world.slots(job)[-1]
    body = {"appointmentTime": {"startTime": other}, "rescheduleReasonCode": "RS11"}
    moved = own_world.call("POST", path, json=body)
    assert moved.json()["warnings"] == [{"code": "RESOURCES_UNASSIGNED", "message": f"Unassigned resources : {leader}"}]
    old, new = own_world.job(job["serviceJobId"])["appointments"]
    assert (old["appointmentStatus"], old["rescheduledAppointmentId"]) == ("CANCELLED", new["appointmentId"])
    assert (new["appointmentStatus"], new["appointmentTime"]["startTime"]) == ("ACTIVE", other)


def test_a_write_is_an_update_and_moves_capacity(own_world: Running) -> None:
    job = own_world.find(is_pending)
    now = own_world.control("POST", "clock", {"advance_seconds": 3_600})["now"]
    assert job["serviceJobId"] not in own_world.job_ids(lastUpdatedAfter=now)
    start = own_world.slots(job)[0]
    hour = {"startDateTime": start, "endDateTime": to_iso(from_iso(start) + 3_600), "capacityTypes": ["ENCUMBERED_CAPACITY"]}

    def encumbered() -> int:
        path = f"serviceResources/{job['storeId']}/capacity/fixed"
        answer = own_world.call("POST", path, params={"marketplaceIds": US}, json=hour)
        return answer.json()["capacities"][0]["encumberedCapacity"]

    before = encumbered()
    own_world.call("POST", path_of(job), json={"appointmentTime": {"startTime": start}}).raise_for_status()
    assert encumbered() == before + 1
    assert job["serviceJobId"] in own_world.job_ids(lastUpdatedAfter=now, lastUpdatedBefore=now)
    cancelled = own_world.call("PUT", f"serviceJobs/{job['serviceJobId']}/cancellations", params={"cancellationReasonCode": "S1"})
    assert cancelled.json() == {}
    assert encumbered() == before
    assert own_world.job(job["serviceJobId"])["serviceJobStatus"] == "CANCELLED"


@pytest.mark.parametrize(
    ("time", "sentence"),
    [
        ({"startTime": "2026-11-12T10-00:00Z"}, "Failed to parse ISO8601 input"),
        ({"startTime": "2026-11-12T10:00:00+05:30"}, "is not in UTC"),
        ({"startTime": "2026-11-09T10:00:00Z"}, "should be in the future"),
        ({"startTime": "2028-11-12T10:00:00Z"}, "maximum allowed period of 365 days"),
        ({"startTime": "2026-11-12T18:07:00Z"}, "slot is not available"),
    ],
)
def test_an_appointment_at_a_wrong_time_is_refused(world: Running, time: dict, sentence: str) -> None:
    answer = world.call("POST", path_of(world.find(is_pending)), json={"appointmentTime": time})
    assert (answer.status_code, sentence in message(answer)) == (422, True), answer.text


def test_a_second_active_appointment_is_refused(world: Running) -> None:
    job = world.find(is_upcoming)
    answer = world.call("POST", path_of(job), json={"appointmentTime": {"startTime": world.slots(job)[0]}})
    assert (answer.status_code, "already has an active" in message(answer)) == (422, True)


def test_a_closed_job_takes_no_writes(world: Running) -> None:
    job = world.find(lambda each: each["serviceJobStatus"] == "COMPLETED")
    time = {"appointmentTime": {"startTime": "2026-11-12T18:00:00Z"}}
    for method, path, options in (
        ("POST", path_of(job), {"json": time}),
        ("POST", path_of(job, job["appointments"][0]), {"json": time | {"rescheduleReasonCode": "RS4"}}),
        ("PUT", f"{path_of(job, job['appointments'][0])}/resources", {"json": {"resources": [{"resourceId": "X"}]}}),
        ("PUT", f"{path_of(job, job['appointments'][0])}/fulfillment", {"json": {"appointmentResources": []}}),
        ("PUT", f"serviceJobs/{job['serviceJobId']}/completions", {}),
        ("PUT", f"serviceJobs/{job['serviceJobId']}/cancellations", {"params": {"cancellationReasonCode": "S1"}}),
    ):
        assert world.call(method, path, **options).status_code == 422


def test_reason_codes_depend_on_marketplace_and_service(world: Running) -> None:
    heavy, light = ("B07ASSEM02", "B07APPLI04"), ("B07MOUNT01", "B07TIRES03", "B07BIKES07")
    heavy_us = world.find(lambda job: is_upcoming(job) and job["scopeOfWork"]["asin"] in heavy)
    light_uk = world.find(lambda job: is_upcoming(job) and job["scopeOfWork"]["asin"] in light, UK)

    for job, code in ((heavy_us, "S2"), (light_uk, "S17"), (heavy_us, "S999")):
        path = f"serviceJobs/{job['serviceJobId']}/cancellations"
        answer = world.call("PUT", path, params={"cancellationReasonCode": code})
        assert (answer.status_code, "invalid input reason code" in message(answer)) == (422, True)
    for job, code in ((heavy_us, "RS12"), (light_uk, "RS4"), (light_uk, "DRS1")):
        body = {"appointmentTime": {"startTime": world.slots(job)[0]}, "rescheduleReasonCode": code}
        answer = world.call("POST", path_of(job, active(job)), json=body)
        assert (answer.status_code, "reason code is not valid" in message(answer)) == (422, True)


def test_technicians_are_checked(world: Running) -> None:
    job = world.find(is_upcoming)
    path = f"{path_of(job, active(job))}/resources"
    other_store = next(store for store in world.control("GET", "health")["stores"] if store["store_id"] != job["storeId"])

    def codes(*resources: dict) -> list[str]:
        return [each["code"] for each in world.call("PUT", path, json={"resources": list(resources)}).json()["errors"]]

    assert codes({"resourceId": "nobody"}) == ["InvalidInput"]
    assert "RESOURCES_NOT_AVAILABLE_IN_LOCATION" in codes({"resourceId": other_store["technician_ids"][0]})
    assert world.call("PUT", path, json={"resources": []}).status_code == 400
    assert world.call("PUT", path, json={}).status_code == 400


def test_fulfillment_data_and_completion(own_world: Running) -> None:
    job = own_world.find(is_in_the_past)
    appointment = active(job)
    completion = f"serviceJobs/{job['serviceJobId']}/completions"
    assert own_world.call("PUT", completion).status_code == 422

    start = from_iso(appointment["appointmentTime"]["startTime"])
    worked = {"startTime": to_iso(start + 60), "endTime": to_iso(start + 1_860)}
    leader = technicians(own_world, job)[0]
    body = {"fulfillmentTime": worked, "appointmentResources": [{"resourceId": leader}]}
    answer = own_world.call("PUT", f"{path_of(job, appointment)}/fulfillment", json=body)
    assert (answer.status_code, answer.content) == (204, b"")
    assert own_world.call("PUT", completion).json() == {}

    done = own_world.job(job["serviceJobId"])
    proven = next(each for each in done["appointments"] if each["appointmentId"] == appointment["appointmentId"])
    assert (done["serviceJobStatus"], proven["appointmentStatus"]) == ("COMPLETED", "COMPLETED")
    assert proven["poa"]["appointmentTime"] == {"startTime": worked["startTime"], "durationInMinutes": 30}
    assert [each["technicianId"] for each in proven["poa"]["technicians"]] == [leader]


def test_everything_wrong_with_fulfillment_data_is_told_at_once(world: Running) -> None:
    job = world.find(is_in_the_past)
    body = {
        "fulfillmentTime": {"endTime": NOW},
        "appointmentResources": [{"resourceId": "nobody"}],
        "fulfillmentDocuments": [{"uploadDestinationId": "nowhere", "contentSha256": "x"}],
    }
    answer = world.call("PUT", f"{path_of(job, active(job))}/fulfillment", json=body)
    assert answer.status_code == 422
    assert [
        words
        for error, words in zip(
            answer.json(), ("does not exist", "start time is required", "document id does not exist"), strict=True
        )
        if words in error["message"]
    ] == ["does not exist", "start time is required", "document id does not exist"]


def test_schedules_and_reservations_change_capacity(own_world: Running) -> None:
    store = own_world.control("GET", "health")["stores"][0]
    of_us = {"params": {"marketplaceIds": US}}
    # A Sunday, on which the store is closed.
    sunday = {"startTime": "2026-11-22T18:00:00Z", "endTime": "2026-11-22T20:00:00Z"}
    query = {"startDateTime": "2026-11-22T18:00:00Z", "endDateTime": "2026-11-22T19:00:00Z"}

    def capacity() -> tuple[int, int, int]:
        asked = query | {"capacityTypes": ["SCHEDULED_CAPACITY", "AVAILABLE_CAPACITY", "RESERVED_CAPACITY"]}
        answer = own_world.call("POST", f"serviceResources/{store['store_id']}/capacity/fixed", json=asked, **of_us)
        slot = answer.json()["capacities"][0]
        return slot["scheduledCapacity"], slot["availableCapacity"], slot["reservedCapacity"]

    def reserve(method: str, path: str, capacity: int) -> dict:
        reservation = {"type": "VACATION", "availability": sunday | {"capacity": capacity}}
        body = {"resourceId": store["store_id"], "reservation": reservation}
        return own_world.call(method, path, json=body, **of_us).json()["payload"]

    assert capacity() == (0, 0, 0)
    schedule = {"schedules": [sunday | {"capacity": 7}]}
    path = f"serviceResources/{store['store_id']}/schedules"
    assert own_world.call("PUT", path, json=schedule, **of_us).json() == {}
    assert capacity() == (7, 7, 0)
    again = own_world.call("PUT", path, json=schedule, **of_us).json()
    assert again["payload"][0]["warnings"][0]["code"] == "ScheduleOverride"

    first = reserve("POST", "reservation", 5)["reservation"]["reservationId"]
    assert capacity() == (7, 2, 5)
    assert "errors" in reserve("POST", "reservation", 3)
    assert "errors" in reserve("PUT", f"reservation/{first}", 8)
    assert capacity() == (7, 2, 5)
    second = reserve("PUT", f"reservation/{first}", 2)["reservation"]["reservationId"]
    assert second != first
    assert capacity() == (7, 5, 2)
    assert own_world.call("DELETE", f"reservation/{first}", **of_us).status_code == 404
    assert own_world.call("DELETE", f"reservation/{second}", **of_us).status_code == 204
    assert capacity() == (7, 7, 0)


def test_a_recurring_schedule_covers_its_weekdays(own_world: Running) -> None:
    store = own_world.control("GET", "health")["stores"][0]["store_id"]
    recurrence = {"endTime": "2026-12-06T23:59:00Z", "daysOfWeek": ["SUNDAY"]}
    record = {"startTime": "2026-11-22T12:00:00Z", "endTime": "2026-11-22T14:00:00Z", "capacity": 9, "recurrence": recurrence}
    own_world.call(
        "PUT", f"serviceResources/{store}/schedules", params={"marketplaceIds": US}, json={"schedules": [record]}
    ).raise_for_status()
    asked = {"startDateTime": "2026-11-20T00:00:00Z", "endDateTime": "2026-12-10T00:00:00Z"}
    answer = own_world.call("POST", f"serviceResources/{store}/capacity/range", params={"marketplaceIds": US}, json=asked)
    slots = answer.json()["capacities"][0]["slots"]
    nines = [slot["startDateTime"] for slot in slots if slot["capacity"] == 9]
    assert nines == ["2026-11-22T12:00:00Z", "2026-11-29T12:00:00Z", "2026-12-06T12:00:00Z"]


def test_a_schedule_replaces_all_that_was_scheduled(own_world: Running) -> None:
    store, of_us = own_world.control("GET", "health")["stores"][0]["store_id"], {"params": {"marketplaceIds": US}}
    asked = {"startDateTime": "2026-11-20T00:00:00Z", "endDateTime": "2026-12-20T00:00:00Z"}

    def scheduled() -> list[tuple[str, str, int]]:
        answer = own_world.call("POST", f"serviceResources/{store}/capacity/range", json=asked, **of_us)
        slots = answer.json()["capacities"][0]["slots"]
        return [(slot["startDateTime"], slot["endDateTime"], slot["capacity"]) for slot in slots if slot["capacity"]]

    def send(*records: dict) -> None:
        path = f"serviceResources/{store}/schedules"
        own_world.call("PUT", path, json={"schedules": list(records)}, **of_us).raise_for_status()

    # the opening hours of the world are the first schedule
    assert len(scheduled()) > 20
    first = {"startTime": "2026-11-22T18:00:00Z", "endTime": "2026-11-22T20:00:00Z", "capacity": 7}
    send(first)
    assert scheduled() == [("2026-11-22T18:00:00Z", "2026-11-22T20:00:00Z", 7)]
    # where records of one request overlap, the later one applies
    send(
        first | {"startTime": "2026-11-25T18:00:00Z", "endTime": "2026-11-25T20:00:00Z"},
        first | {"startTime": "2026-11-25T19:00:00Z", "endTime": "2026-11-25T20:00:00Z", "capacity": 2},
    )
    assert scheduled() == [
        ("2026-11-25T18:00:00Z", "2026-11-25T19:00:00Z", 7),
        ("2026-11-25T19:00:00Z", "2026-11-25T20:00:00Z", 2),
    ]


def test_an_unknown_resource_is_refused_with_200(world: Running) -> None:
    schedule = {"schedules": [{"startTime": "2026-11-22T18:00:00Z", "endTime": "2026-11-22T20:00:00Z"}]}
    answer = world.call("PUT", "serviceResources/nowhere/schedules", params={"marketplaceIds": US}, json=schedule)
    assert (answer.status_code, list(answer.json())) == (200, ["errors"])


def test_a_refused_change_leaves_the_reservation(own_world: Running) -> None:
    store, of_us = own_world.control("GET", "health")["stores"][0]["store_id"], {"params": {"marketplaceIds": US}}
    day = {"startTime": "2026-12-06T18:00:00Z", "endTime": "2026-12-06T20:00:00Z"}
    own_world.call("PUT", f"serviceResources/{store}/schedules", json={"schedules": [day]}, **of_us)
    body = {"resourceId": store, "reservation": {"type": "BREAK", "availability": day}}
    made = own_world.call("POST", "reservation", json=body, **of_us).json()["payload"]["reservation"]["reservationId"]
    for end in ("2026-12-06T18:00:00Z", "2126-12-06T18:00:00Z"):
        body["reservation"]["availability"] = day | {"endTime": end}
        assert own_world.call("PUT", f"reservation/{made}", json=body, **of_us).status_code == 400
    assert own_world.call("DELETE", f"reservation/{made}", **of_us).status_code == 204
