"""Reads send what the model wants, refuse before sending what it does not, and answer with what came."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from include.services_api.errors import InvalidParameter
from tests.services_api.conftest import MARKETPLACE
from tests.services_api.loopback import Reply

START = datetime(2026, 10, 1, 12, tzinfo=timezone(timedelta(hours=2)))
END = START + timedelta(days=1)
CAPACITY = {"resourceId": "r", "slotDuration": 30, "capacities": [], "nextPageToken": "more"}


def test_lists_jobs_with_every_kind_of_filter(client, loopback):
    answer = client.get_service_jobs(
        MARKETPLACE, last_updated_after=START, last_updated_before=END, schedule_start_date=START,
        service_job_status=["COMPLETED", "HOLD"], store_ids=["a", "b"], asins=["B07MOUNT01"], service_order_ids=["1-2"],
        sort_field="JOB_DATE", sort_order="DESC", page_token="next", page_size=5,
    )  # fmt: skip
    (request,) = loopback.requests
    assert (request["method"], request["path"]) == ("GET", "/service/v1/serviceJobs")
    assert request["query"] == {
        "marketplaceIds": MARKETPLACE,
        "lastUpdatedAfter": "2026-10-01T10:00:00Z",
        "lastUpdatedBefore": "2026-10-02T10:00:00Z",
        "scheduleStartDate": "2026-10-01T10:00:00Z",
        "serviceJobStatus": "COMPLETED,HOLD",
        "storeIds": "a,b",
        "asins": "B07MOUNT01",
        "serviceOrderIds": "1-2",
        "sortField": "JOB_DATE",
        "sortOrder": "DESC",
        "pageToken": "next",
        "pageSize": "5",
    }
    assert answer.payload == {}


def test_user_agent_has_amazons_form(client, loopback):
    client.get_service_job("job")
    agent = loopback.requests[0]["headers"]["User-Agent"]
    assert agent.startswith("ServicesWarehouse/")
    assert "(Language=Python/3." in agent
    assert len(agent) <= 500


def test_job_ids_are_quoted(client, loopback):
    client.get_service_job("a/b c")
    assert loopback.requests[0]["path"] == "/service/v1/serviceJobs/a%2Fb%20c"


def test_slots(client, loopback):
    client.get_appointment_slots(MARKETPLACE, "B07MOUNT01", "store", START, END)
    client.get_appointment_slots_by_job_id(MARKETPLACE, "job")
    first, second = loopback.requests
    times = {"startTime": "2026-10-01T10:00:00Z", "endTime": "2026-10-02T10:00:00Z"}
    assert first["query"] == {"marketplaceIds": MARKETPLACE, "asin": "B07MOUNT01", "storeId": "store"} | times
    assert second["path"] == "/service/v1/serviceJobs/job/appointmentSlots"
    assert second["query"] == {"marketplaceIds": MARKETPLACE}


def test_capacity_is_the_whole_body(client, loopback):
    loopback.script(Reply(body=CAPACITY))
    answer = client.get_fixed_slot_capacity(
        MARKETPLACE, "r", START, END, slot_minutes=30, capacity_types=["AVAILABLE_CAPACITY"], page_token="token"
    )
    client.get_range_slot_capacity(MARKETPLACE, "r", START, END)
    fixed, ranged = loopback.requests
    assert answer.payload == CAPACITY
    assert (fixed["method"], fixed["path"]) == ("POST", "/service/v1/serviceResources/r/capacity/fixed")
    assert fixed["query"] == {"marketplaceIds": MARKETPLACE, "nextPageToken": "token"}
    times = {"startDateTime": "2026-10-01T10:00:00Z", "endDateTime": "2026-10-02T10:00:00Z"}
    assert fixed["body"] == times | {"slotDuration": 30, "capacityTypes": ["AVAILABLE_CAPACITY"]}
    assert ranged["body"] == times


def test_an_answer_tells_about_itself(client, loopback):
    before = datetime.now(UTC)
    loopback.script(Reply(body={"payload": {"serviceJobId": "job"}}))
    answer = client.get_service_job("job")
    assert before <= answer.received_at <= datetime.now(UTC)
    assert answer.request_id == "request-1"
    assert answer.size == len('{"payload": {"serviceJobId": "job"}}')
    assert answer.body == {"payload": {"serviceJobId": "job"}}


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("created_after, last_updated_after", {}),
        ("created_after, last_updated_after", {"created_after": START, "last_updated_after": START}),
        ("createdAfter", {"created_after": datetime(2026, 10, 1)}),
        ("createdAfter", {"created_after": "2026-10-01"}),
        ("page_size", {"created_after": START, "page_size": 21}),
        ("page_size", {"created_after": START, "page_size": True}),
        ("serviceJobStatus", {"created_after": START, "service_job_status": ["DONE"]}),
        ("serviceOrderIds", {"created_after": START, "service_order_ids": ["order"]}),
        ("trackingIds", {"created_after": START, "tracking_ids": ["a b"]}),
        ("asins", {"created_after": START, "asins": ["SHORT"]}),
        ("asins", {"created_after": START, "asins": "B07MOUNT01"}),
        ("storeIds", {"created_after": START, "store_ids": [str(number) for number in range(51)]}),
        ("requiredSkills", {"created_after": START, "required_skills": []}),
        ("requiredSkills", {"created_after": START, "required_skills": ["a,b"]}),
        ("sort_field", {"created_after": START, "sort_field": "DATE"}),
        ("sort_order", {"created_after": START, "sort_order": "UP"}),
    ],
)
def test_a_bad_filter_is_named_and_not_sent(client, loopback, field, arguments):
    with pytest.raises(InvalidParameter, match=f"^{field} should be "):
        client.get_service_jobs(MARKETPLACE, **arguments)
    assert not loopback.requests


@pytest.mark.parametrize(
    ("field", "method", "arguments"),
    [
        ("marketplace_id", "get_service_jobs", ("us",)),
        ("service_job_id", "get_service_job", ("",)),
        ("service_job_id", "get_service_job", ("x" * 101,)),
        ("endTime", "get_appointment_slots", (MARKETPLACE, "asin", "store", START, START + timedelta(days=91))),
        ("endTime", "get_appointment_slots", (MARKETPLACE, "asin", "store", START, None)),
        ("endTime", "get_appointment_slots_by_job_id", (MARKETPLACE, "job", END, START)),
        ("endDateTime", "get_range_slot_capacity", (MARKETPLACE, "r", END, START)),
    ],
)
def test_a_bad_parameter_is_named_and_not_sent(client, loopback, field, method, arguments):
    options = {"created_after": START} if method == "get_service_jobs" else {}
    with pytest.raises(InvalidParameter, match=f"^{field} should be "):
        getattr(client, method)(*arguments, **options)
    assert not loopback.requests


@pytest.mark.parametrize("minutes", [0, 7, 365, 30.0])
def test_slot_minutes_are_steps_of_five(client, minutes):
    with pytest.raises(InvalidParameter, match="slot_minutes"):
        client.get_fixed_slot_capacity(MARKETPLACE, "r", START, END, slot_minutes=minutes)
