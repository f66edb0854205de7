"""Each fault of the local API against each kind of operation: what passes is repeated, what does not is told by its type."""

from datetime import UTC, datetime, timedelta

import pytest

from include.services_api import Availability, RetryConfig, ServicesClient, errors
from include.services_api.paging import EndlessPaging, job_pages
from tests.local_api import local_api
from tests.services_api.conftest import MARKETPLACE

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
START = datetime(2026, 11, 1, tzinfo=UTC)
END = START + timedelta(days=1)


@pytest.fixture(scope="module")
def api():
    with local_api("--days", "5", "--now", "2026-11-01T12:00:00Z", "--frozen", "--limits", "off") as api:
        yield api


@pytest.fixture
def client(api, budget):
    api.reset()
    retry_config = RetryConfig(attempts=3, first_wait_seconds=0.001, longest_wait_seconds=0.01, response_seconds=0.3)
    with ServicesClient(api.account("my_shop"), budget=budget, retry_config=retry_config) as client:
        yield client
    api.reset()


@pytest.fixture(scope="module")
def known(api) -> dict:
    store = next(one for one in api.control("GET", "health")["stores"] if one["marketplace_id"] == MARKETPLACE)
    jobs = api.truth(as_of="2026-11-01T12:00:00Z", tables="fct_service_jobs")
    job = next(one for one in jobs["fct_service_jobs"] if one["marketplace_id"] == MARKETPLACE)
    return {"job": job["service_job_id"], "store": store["store_id"]}


READS = {
    "getServiceJobs": lambda client, known: client.get_service_jobs(MARKETPLACE, created_after=LONG_AGO),
    "getServiceJobByServiceJobId": lambda client, known: client.get_service_job(known["job"]),
    "getFixedSlotCapacity": lambda client, known: client.get_fixed_slot_capacity(MARKETPLACE, known["store"], START, END),
}
WRITES = {
    # PUT, the same when done twice
    "assignAppointmentResources": lambda client, known: client.assign_appointment_resources("job", "appointment", ["nobody"]),
    # POST, two when done twice
    "createReservation": lambda client, known: client.create_reservation(
        MARKETPLACE, known["store"], "BREAK", Availability(START + timedelta(days=7), END + timedelta(days=7))
    ),
    "cancelReservation": lambda client, known: client.cancel_reservation(MARKETPLACE, "reservation"),
}
TRANSIENT = {
    "500 as JSON": {"kind": "error", "status": 500},
    "503 as HTML": {"kind": "error", "status": 503, "body": "html"},
    "500 with nothing": {"kind": "error", "status": 500, "body": "empty"},
    "hung up": {"kind": "close"},
    "no answer in time": {"kind": "hang", "seconds": 1},
    "cut off": {"kind": "truncate"},
    "200 with an internal failure": {"kind": "errors_without_payload"},
}
FINAL = {
    400: errors.BadRequest,
    404: errors.NotFound,
    413: errors.Refused,
    415: errors.Refused,
    422: errors.Refused,
}


@pytest.mark.parametrize("fault", TRANSIENT)
@pytest.mark.parametrize("operation", READS)
def test_a_read_is_repeated_until_it_is_answered(api, client, known, operation, fault):
    api.fault(operation, times=2, **TRANSIENT[fault])
    assert READS[operation](client, known).payload
    assert client.usage.requests == 3


@pytest.mark.parametrize("fault", ["503 as HTML", "hung up", "cut off"])
@pytest.mark.parametrize("operation", READS)
def test_a_read_gives_up_in_the_end(api, client, known, operation, fault):
    api.fault(operation, **TRANSIENT[fault])
    with pytest.raises(errors.ServiceUnavailable, match=rf"{operation} \(connection my_shop\)"):
        READS[operation](client, known)
    assert client.usage.requests == 3


@pytest.mark.parametrize("fault", TRANSIENT)
@pytest.mark.parametrize("operation", WRITES)
def test_a_write_that_may_have_arrived_is_not_repeated(api, client, known, operation, fault):
    if fault in ("cut off", "200 with an internal failure"):
        # it refuses the other two, and spoils good answers only
        operation = "createReservation"
    api.fault(operation, **TRANSIENT[fault])
    with pytest.raises(errors.OutcomeUnknown, match=r"my_shop.*What to check: get.* shows"):
        WRITES[operation](client, known)
    assert client.usage.requests == 1


@pytest.mark.parametrize("operation", ["getServiceJobs", "getFixedSlotCapacity", "createReservation"])
def test_a_429_is_repeated_also_for_writes(api, client, known, operation):
    api.fault(operation, "error", status=429, body="empty", times=1)
    assert (READS | WRITES)[operation](client, known).payload
    assert client.usage.requests == 2
    assert client.usage.throttled == 1


def test_a_429_that_stays(api, client, known):
    api.fault("getServiceJobByServiceJobId", "error", status=429)
    with pytest.raises(errors.RateLimited, match="HTTP 429"):
        client.get_service_job(known["job"])


@pytest.mark.parametrize("operation", [*READS, *WRITES])
@pytest.mark.parametrize("status", FINAL)
def test_a_refusal_is_final_and_tells_amazons_words(api, client, known, operation, status):
    api.fault(operation, "error", status=status)
    with pytest.raises(FINAL[status]) as caught:
        (READS | WRITES)[operation](client, known)
    error = caught.value
    assert type(error) is FINAL[status]
    refusal = error.refusals[0]
    assert refusal.code and refusal.message and error.request_id
    assert refusal.code in str(error) and refusal.message in str(error) and error.request_id in str(error)
    assert (error.operation, error.account, error.status) == (operation, "my_shop", status)
    assert client.usage.requests == 1


@pytest.mark.parametrize("operation", [*READS, *WRITES])
def test_an_expired_token_is_renewed_once(api, client, known, operation):
    api.fault(operation, "expire_token", times=1)
    try:
        (READS | WRITES)[operation](client, known)
    except (errors.NotFound, errors.BadRequest, errors.Refused):
        assert operation in WRITES
    assert client.usage.requests == 2


def test_a_login_that_fails_for_a_while_holds_nobody_up(api, client, known):
    api.fault("token", "error", status=503, body="html", times=2)
    assert client.get_service_job(known["job"]).payload["serviceJobId"] == known["job"]


def test_a_token_that_repeats_ends_the_paging(api, client):
    api.fault("getServiceJobs", "repeat_token")
    with pytest.raises(EndlessPaging, match="my_shop"):
        list(job_pages(client, MARKETPLACE, created_after=LONG_AGO, page_size=2))


@pytest.mark.parametrize("kind", ["string_duration", "unreadable_time", "missing", "unknown_enum", "unknown_field"])
def test_what_the_model_does_not_allow_is_handed_on_as_it_came(api, client, known, kind):
    api.fault("getServiceJobByServiceJobId", kind)
    good = READS["getServiceJobs"](client, known).payload["jobs"][0]
    assert client.get_service_job(good["serviceJobId"]).payload


@pytest.mark.parametrize(
    ("refresh_token", "error", "said"),
    [
        ("Atzr|revoked", errors.CredentialsRejected, "invalid_grant"),
        ("Atzr|norole", errors.AccessDenied, "Professional Services"),
    ],
)
def test_missing_access_is_final(api, client, budget, refresh_token, error, said):
    with (
        ServicesClient(api.account("other_shop", refresh_token), budget=budget) as other,
        pytest.raises(error, match="other_shop") as caught,
    ):
        other.get_service_job("job")
    assert said in str(caught.value)
