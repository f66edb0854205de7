"""Writes send bodies that are strictly the model's, and refuse before sending what it does not allow."""

import json
import re
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest

from include.services_api import Availability, FulfillmentDocument, Recurrence
from include.services_api.errors import InvalidParameter
from tests.services_api.conftest import MARKETPLACE
from tests.services_api.loopback import Reply
from tests.services_api.test_operations import MODEL, model_operations, needs_model

START = datetime(2026, 10, 1, 12, tzinfo=UTC)
END = START + timedelta(hours=2)
WEEKLY = Recurrence(END + timedelta(days=30), days_of_week=("MONDAY", "FRIDAY"), days_of_month=(1, 31))
AVAILABILITY = Availability(START, END, capacity=2, recurrence=WEEKLY)
MD5 = "97WrSKv9ffHkDopCdB32mw=="

CALLS = {
    "cancelServiceJobByServiceJobId": ("cancel_service_job", ("job", "V1"), {}),
    "completeServiceJobByServiceJobId": ("complete_service_job", ("job",), {}),
    "addAppointmentForServiceJobByServiceJobId": ("add_appointment", ("job", START, 60), {}),
    "rescheduleAppointmentForServiceJobByServiceJobId": ("reschedule_appointment", ("job", "appointment", START, "R1"), {}),
    "assignAppointmentResources": ("assign_appointment_resources", ("job", "appointment", ["r1", "r2"]), {}),
    "setAppointmentFulfillmentData": (
        "set_appointment_fulfillment_data",
        ("job", "appointment"),
        {
            "estimated_arrival": (START, END),
            "fulfillment_time": (START, END),
            "resource_ids": ["r1"],
            "documents": [FulfillmentDocument("destination", "hash")],
        },
    ),
    "updateSchedule": ("update_schedule", (MARKETPLACE, "r1", [AVAILABILITY, Availability(START, END)]), {}),
    "createReservation": ("create_reservation", (MARKETPLACE, "r1", "BREAK", AVAILABILITY), {}),
    "updateReservation": ("update_reservation", (MARKETPLACE, "id", "r1", "TRAVEL", AVAILABILITY), {}),
    "cancelReservation": ("cancel_reservation", (MARKETPLACE, "id"), {}),
    "createServiceDocumentUploadDestination": ("create_service_document_upload_destination", ("PNG", 1386437, MD5), {}),
}
# what the model promises of each answer, as little as possible
REPLY = Reply(body={"payload": {"reservation": {"reservationId": "new"}}, "appointmentId": "appointment-2"})


@needs_model
@pytest.mark.parametrize("name", CALLS)
def test_requests_are_the_models(client, loopback, name):
    loopback.script(REPLY)
    method, arguments, options = CALLS[name]
    getattr(client, method)(*arguments, **options)
    (request,), theirs = loopback.requests, model_operations()[name]
    assert request["method"] == theirs["method"]
    assert re.fullmatch(re.sub("{.*?}", "[^/]+", theirs["path"]), request["path"])
    given = {place: {one["name"]: one for one in theirs["parameters"] if one["in"] == place} for place in ("query", "body")}
    assert set(request["query"]) <= set(given["query"])
    assert {one for one, rule in given["query"].items() if rule["required"]} <= set(request["query"])
    assert (request["body"] is not None) == bool(given["body"])
    if given["body"]:
        schema = given["body"]["body"]["schema"] | {"definitions": strict(json.loads(MODEL.read_text())["definitions"])}
        jsonschema.Draft4Validator(schema).validate(request["body"])


def strict(definitions: dict) -> dict:
    """The model with every object closed: a field that it does not know is a mistake of ours."""
    for definition in definitions.values():
        if "properties" in definition:
            definition["additionalProperties"] = False
    return definitions


def test_all_writes_are_here():
    from include.services_api.operations import OPERATIONS

    assert set(CALLS) == {operation.name for operation in OPERATIONS if operation.is_write}


def test_answers(client, loopback):
    loopback.script(REPLY)
    assert client.create_reservation(MARKETPLACE, "r1", "BREAK", AVAILABILITY).payload["reservation"]["reservationId"] == "new"
    loopback.script(Reply(body={"appointmentId": "appointment-2"}))
    assert client.add_appointment("job", START).payload["appointmentId"] == "appointment-2"
    loopback.script(Reply(204, ""))
    assert client.cancel_reservation(MARKETPLACE, "id").payload == {}


def recurring(days_of_week: tuple, days_of_month: tuple, until: datetime = END) -> Availability:
    return Availability(START, END, recurrence=Recurrence(until, days_of_week, days_of_month))


@pytest.mark.parametrize(
    ("field", "method", "arguments"),
    [
        ("cancellation_reason_code", "cancel_service_job", ("job", "v1")),
        ("duration_minutes", "add_appointment", ("job", START, 0)),
        ("start", "add_appointment", ("job", START.replace(tzinfo=None))),
        ("reschedule_reason_code", "reschedule_appointment", ("job", "appointment", START, "")),
        ("resource_ids", "assign_appointment_resources", ("job", "appointment", [])),
        ("resource_ids", "assign_appointment_resources", ("job", "appointment", "r1")),
        ("fulfillment data", "set_appointment_fulfillment_data", ("job", "appointment")),
        ("schedules", "update_schedule", (MARKETPLACE, "r1", [])),
        ("endTime", "update_schedule", (MARKETPLACE, "r1", [Availability(END, START)])),
        ("capacity", "update_schedule", (MARKETPLACE, "r1", [Availability(START, END, capacity=0)])),
        ("recurrence.days_of_week", "update_schedule", (MARKETPLACE, "r1", [recurring(("MO",), ())])),
        ("recurrence.days_of_month", "update_schedule", (MARKETPLACE, "r1", [recurring((), (32,))])),
        ("recurrence.end", "update_schedule", (MARKETPLACE, "r1", [recurring((), (), START)])),
        ("recurrence.end", "create_reservation", (MARKETPLACE, "r1", "BREAK", recurring((), (), START - timedelta(days=1)))),
        ("type", "create_reservation", (MARKETPLACE, "r1", "Time-off", AVAILABILITY)),
        ("content_type", "create_service_document_upload_destination", ("DOC", 1)),
        ("content_length", "create_service_document_upload_destination", ("PDF", 5_242_881)),
        ("content_md5", "create_service_document_upload_destination", ("PDF", 1, "short")),
    ],
)  # fmt: skip
def test_a_bad_parameter_is_named_and_not_sent(client, loopback, field, method, arguments):
    with pytest.raises(InvalidParameter, match=f"^{re.escape(field)} should be "):
        getattr(client, method)(*arguments)
    assert not loopback.requests
