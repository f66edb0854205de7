"""What counts as an answer: warnings do not hinder it, anything without the expected payload is a failure."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from include.services_api import errors
from tests.services_api.conftest import MARKETPLACE
from tests.services_api.loopback import Reply
from tests.services_api.test_operations import MODEL, needs_model
from tests.services_api.test_writes import AVAILABILITY, CALLS

WARNING = {"code": "RESOURCES_OVERBOOKED", "message": "Resources overbooked for this time window."}


@pytest.mark.parametrize(
    "body",
    [
        {"payload": {}, "errors": [WARNING | {"errorLevel": "WARNING"}]},
        {"payload": {"warnings": [WARNING]}},
        {"payload": {"reservation": {}, "warnings": [WARNING]}},
        {"payload": {}, "appointmentId": "appointment", "warnings": [WARNING]},
    ],
)
def test_warnings_succeed_and_are_reported(client, loopback, body):
    loopback.script(Reply(body=body))
    answer = client.create_reservation(MARKETPLACE, "r1", "BREAK", AVAILABILITY)
    assert [warning["code"] for warning in answer.warnings] == ["RESOURCES_OVERBOOKED"]
    assert answer.body == body


def test_warnings_of_records_are_reported(client, loopback):
    loopback.script(Reply(body={"payload": [{"availability": {}, "warnings": [WARNING]}, {}]}))
    assert client.update_schedule(MARKETPLACE, "r1", [AVAILABILITY]).warnings == [WARNING]


def test_a_warning_is_found_however_its_key_is_spelled(client, loopback):
    body = json.dumps({"payload": {"warnings": [WARNING]}}).replace('"warnings"', r'"\u0077arnings"')
    loopback.script(Reply(body=body))
    assert client.create_reservation(MARKETPLACE, "r1", "BREAK", AVAILABILITY).warnings == [WARNING]


@pytest.mark.parametrize("level", [{}, {"errorLevel": "ERROR"}])
@pytest.mark.parametrize("payload", [{}, {"payload": {}}])
def test_errors_in_a_200_are_a_refusal(client, loopback, level, payload):
    loopback.script(Reply(body=payload | {"errors": [{"code": "InvalidInput", "message": "resourceId"} | level]}))
    with pytest.raises(errors.Refused, match="InvalidInput: resourceId"):
        client.create_reservation(MARKETPLACE, "r1", "BREAK", AVAILABILITY)


@pytest.mark.parametrize("body", ["<html>", "", "[]", {}, {"payload": None}, {"payload": []}, "null"])
def test_a_200_without_the_payload_is_no_empty_answer(client, loopback, body):
    loopback.script(Reply(body=body), Reply(body={"payload": {"jobs": []}}))
    assert client.get_service_jobs(MARKETPLACE, created_after=datetime.now(UTC)).payload == {"jobs": []}
    assert len(loopback.requests) == 2


def test_a_redirect_is_not_followed(client, loopback):
    loopback.script(Reply(302, "", {"Location": f"{loopback.url}/elsewhere"}))
    with pytest.raises(errors.ServiceUnavailable, match="HTTP 302"):
        client.get_service_job("job")
    assert {request["path"] for request in loopback.requests} == {"/service/v1/serviceJobs/job"}


def test_a_bare_list_of_errors_is_read(client, loopback):
    loopback.script(Reply(400, [{"code": "InvalidInput", "message": "fulfillmentTime", "details": "in the future"}]))
    with pytest.raises(errors.BadRequest, match=r"InvalidInput: fulfillmentTime \(in the future\)"):
        client.set_appointment_fulfillment_data("job", "appointment", resource_ids=["r1"])


@pytest.mark.parametrize("body", [{"errors": "broken"}, {"errors": ["broken"]}, {"errors": None}, "broken", "3"])
def test_an_unreadable_refusal_is_still_one(client, loopback, body):
    loopback.script(Reply(400, body))
    with pytest.raises(errors.BadRequest, match="HTTP 400"):
        client.get_service_job("job")


def test_retry_after_as_a_date(client, loopback):
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    loopback.script(Reply(503, "", {"Retry-After": soon}), Reply(body={"payload": {}}))
    client.get_service_job("job")
    first, second = loopback.requests
    assert second["at"] - first["at"] > 0.5


def test_a_wait_that_is_too_long_is_not_begun(client, loopback):
    loopback.script(Reply(503, "", {"Retry-After": "3600"}))
    with pytest.raises(errors.ServiceUnavailable):
        client.get_service_job("job")
    assert len(loopback.requests) == 1


def test_a_refused_connection_is_repeated_also_for_writes(client, loopback, account, monkeypatch):
    client.get_service_job("job")
    monkeypatch.setattr(type(account), "base_url", "http://127.0.0.1:1")
    with pytest.raises(errors.ServiceUnavailable, match="no connection was established"):
        client.complete_service_job("job")
    assert client.usage.requests == 4


@needs_model
@pytest.mark.parametrize("name", CALLS)
def test_amazons_own_examples_of_writes(client, loopback, name):
    """Every static answer of the model to a write is an answer, or a refusal where it holds errors."""
    paths = json.loads(MODEL.read_text())["paths"]
    operation = next(
        one for methods in paths.values() for one in methods.values() if isinstance(one, dict) and one.get("operationId") == name
    )
    method, arguments, options = CALLS[name]
    for status, reply in operation["responses"].items():
        for example in reply.get("x-amzn-api-sandbox", {}).get("static", []):
            loopback.script(Reply(int(status), example["response"], {"x-amzn-RateLimit-Limit": "1000"}))
            refused = int(status) >= 300 or "errors" in example["response"]
            try:
                getattr(client, method)(*arguments, **options)
                assert not refused
            except (errors.BadRequest, errors.Refused, errors.NotFound, errors.AccessDenied):
                assert refused
