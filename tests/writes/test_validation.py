"""What Amazon does not allow is refused before a call, and the error says what is allowed."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from include.services_api import Account
from include.services_api.errors import InvalidParameter
from include.writes import (
    AddAppointment,
    AssignResources,
    CancelJob,
    CompleteJob,
    CreateReservation,
    RescheduleAppointment,
    SetFulfillmentData,
    UpdateSchedule,
    UploadDocument,
    documents,
    guide,
    inputs,
    rehearse,
)
from include.writes.calendars import occurrences

US, UK, DE, CA = "ATVPDKIKX0DER", "A1F83G8C2ARO7P", "A1PA6795UKMFR9", "A2EUQ1WTGCTBG2"
NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
ONE = {"service_job_id": "job", "appointment_id": "one"}


def account(*marketplaces: str) -> Account:
    return Account("my_shop", "client-id", "client-secret", "Atzr|token", marketplace_ids=marketplaces or (US,))


def at(hours: float) -> str:
    return (NOW + timedelta(hours=hours)).isoformat()


def time(hours: float, minutes: float, **fields) -> dict:
    return {"start": at(hours), "end": at(hours + minutes / 60)} | fields


def reschedule(code: str, service_type: str | None = None):
    return RescheduleAppointment(**ONE, start=at(24), reschedule_reason_code=code, service_type=service_type)


def cancel(code: str, service_type: str | None = None):
    return CancelJob(service_job_id="job", cancellation_reason_code=code, service_type=service_type)


def schedule(**time):
    return UpdateSchedule(resource_id="store", schedules=[time])


GOOD = [
    (US, AddAppointment(service_job_id="job", start=at(0.01), duration_minutes="60")),
    (US, AddAppointment(service_job_id="job", start=at(365 * 24))),
    (US, AssignResources(**ONE, resource_ids="a, b;c")),
    (US, reschedule("RS8", "recurring")),
    (US, reschedule("RS8")),
    (UK, reschedule("RS12", "default")),
    (US, cancel("S1", "recurring")),
    (CA, cancel("S55")),
    (US, schedule(**time(1, 5))),
    (DE, schedule(**time(1, 30))),
    (US, schedule(**time(1, 60, recurrence={"end": at(24 * 8), "days_of_week": ["friday"]}))),
    (US, SetFulfillmentData(**ONE, estimated_arrival=(at(1), at(2)))),
]
BAD = [
    (US, lambda: AddAppointment(service_job_id="job", start=at(0)), "start.*in the future"),
    (US, lambda: AddAppointment(service_job_id="job", start=at(365 * 24 + 0.1)), "start.*at most 365 days"),
    (US, lambda: AddAppointment(service_job_id="job", start="2026-10-02T10:00:00"), "start.*time zone"),
    (US, lambda: AddAppointment(service_job_id="job", start="soon"), "start.*time zone"),
    (US, lambda: AddAppointment(service_job_id="job", start=at(1), duration_minutes="an hour"), "duration_minutes.*whole number"),
    (US, lambda: AddAppointment(service_job_id="", start=at(1)), "service_job_id.*1 to 100"),
    (US, lambda: AssignResources(**ONE, resource_ids=[]), "resource_ids"),
    (US, lambda: reschedule("RS8", "default"), r"allows in US, default service: RS4 \(Provider cannot meet.*RS11"),
    (US, lambda: reschedule("S1"), "reschedule reason code.*RS4"),
    (US, lambda: reschedule("RS7"), "reschedule reason code"),
    (DE, lambda: reschedule("DRS1", "heavy_bulk"), "allows in DE, heavy_bulk service: RS1 "),
    (US, lambda: reschedule("RS8", "heavy"), "service_type.*heavy_bulk"),
    (UK, lambda: cancel("S17"), "allows in UK, any service: S1 "),
    (US, lambda: cancel("S28"), "cancel reason code"),
    (US, lambda: schedule(**time(1, 4.9)), "at least 5 minutes long in US"),
    (UK, lambda: schedule(**time(1, 29)), "at least 30 minutes long in UK"),
    (DE, lambda: CreateReservation(resource_id="s", type="BREAK", availability=time(1, 29)), "at least 30 minutes long in DE"),
    (US, lambda: CreateReservation(resource_id="s", type="LUNCH", availability=time(1, 29)), "type.*VACATION"),
    (US, lambda: schedule(**time(-3, 60)), "ends in the future"),
    (US, lambda: schedule(**time(1, 60, recurrence={"end": at(48), "days_of_week": ["MONDAY"]})), "recurs at least once"),
    (US, lambda: schedule(**time(1, 60, recurrence={"end": at(48), "days_of_month": [0]})), "days_of_month"),
    (US, lambda: schedule(**time(1, 60, recurrence={"end": at(48), "days_of_week": ["MO"]})), "days_of_week.*MONDAY"),
    (US, lambda: schedule(**time(1, 25 * 60, recurrence={"end": at(99)})), "at most a day long"),
    (US, lambda: schedule(**time(1, 60, capacity=0)), "capacity"),
    (US, lambda: schedule(**time(1, 60, notes="lunch")), "notes"),
    (US, lambda: UpdateSchedule(resource_id="store", schedules=[]), "schedules"),
    (US, lambda: SetFulfillmentData(**ONE), "at least one of its parts"),
    (US, lambda: SetFulfillmentData(**ONE, fulfillment_time=(at(-1), at(0.1))), "fulfillment_time.*in the past"),
    (US, lambda: SetFulfillmentData(**ONE, fulfillment_time={"start": at(-1), "end": at(-2)}), "later than"),
    (US, lambda: SetFulfillmentData(**ONE, documents=[{"id": 1}]), "upload_destination_id"),
    (US, lambda: UploadDocument(content=b""), "1 to 5242880 bytes.*0 bytes"),
    (US, lambda: UploadDocument(content=b"%PDF-" + bytes(5_242_876)), "1 to 5242880 bytes.*5242881 bytes"),
    (US, lambda: UploadDocument(content=b"PK\3\4 a docx"), "TIFF, JPG, PNG, JPEG, GIF, PDF"),
    (US, lambda: UploadDocument(content=b"%PDF-1.4", content_type="DOCX"), "content_type.*GIF"),
    (US, lambda: UploadDocument(content=b"%PDF-1.4", content_type="PNG"), "one of PNG.*begins like PDF"),
]  # fmt: skip


@pytest.mark.parametrize(("marketplace", "write"), GOOD)
def test_allowed(marketplace, write):
    assert rehearse(write, account(marketplace), NOW).operation is write.operation


@pytest.mark.parametrize(("marketplace", "make", "said"), BAD)
def test_refused(marketplace, make, said):
    with pytest.raises(InvalidParameter, match=f"(?s){said}"):
        rehearse(make(), account(marketplace), NOW)


def test_a_document_of_exactly_the_largest_size():
    content = b"%PDF-" + bytes(5_242_875)
    assert rehearse(UploadDocument(content=content), account()).body["contentLength"] == 5_242_880


def test_every_code_of_the_guide_is_allowed_where_the_guide_says_and_nowhere_else():
    rows = guide._seed("reason_codes")
    countries = {row["country_code"]: row["marketplace_id"] for row in guide._seed("marketplaces")}
    valid = {(row["kind"], row["code"], row["country_code"], row["service_type"]) for row in rows}
    judged = 0
    for kind in ("reschedule", "cancel"):
        listed = {row["country_code"] for row in rows if row["kind"] == kind} - {""}
        for code in {row["code"] for row in rows if row["kind"] == kind}:
            for country in listed:
                for service_type in ("default", "heavy_bulk"):
                    try:
                        guide.check_reason_code(kind, code, (countries[country],), service_type)
                        allowed = True
                    except InvalidParameter:
                        allowed = False
                    assert allowed == ((kind, code, country, service_type) in valid)
                    judged += 1
    assert judged > 500


@pytest.mark.parametrize(
    ("job", "step", "said"),
    [
        ({"serviceJobStatus": "COMPLETED"}, CompleteJob(service_job_id="job"), "its status is COMPLETED"),
        ({"serviceJobStatus": "HOLD"}, SetFulfillmentData(**ONE, resource_ids=["a"]), "has to be NOT_SERVICED"),
        ({"serviceJobStatus": "NOT_SERVICED"}, AssignResources(**ONE, resource_ids=["a"]), "no appointment one"),
        (
            {"serviceJobStatus": "NOT_SERVICED", "appointments": [{"appointmentId": "one", "appointmentStatus": "CANCELLED"}]},
            AssignResources(**ONE, resource_ids=["a"]),
            "one is CANCELLED; it has to be ACTIVE",
        ),
        (
            {"serviceJobStatus": "NOT_SERVICED", "appointments": [{"appointmentId": "one", "appointmentStatus": "ACTIVE"}]},
            AddAppointment(service_job_id="job", start=at(1)),
            "active appointment one",
        ),
        ({"serviceJobStatus": "HOLD", "marketplaceId": UK}, cancel("S17"), "allows in UK"),
        *[
            (
                {"serviceJobStatus": status},
                CompleteJob(service_job_id="job"),
                f"its status is {status}; it has to be NOT_SERVICED",
            )
            for status in ("PENDING_SCHEDULE", "HOLD", "PAYMENT_DECLINED", "NOT_FULFILLABLE", "CANCELLED")
        ],
        ({"serviceJobStatus": "NOT_SERVICED"}, CompleteJob(service_job_id="job"), "needs an appointment that is not CANCELLED"),
        *[
            (
                {"serviceJobStatus": "NOT_SERVICED", "appointments": [{"appointmentId": "one", "appointmentStatus": status}]},
                SetFulfillmentData(**ONE, resource_ids=["a"]),
                f"one is {status}; it has to be ACTIVE",
            )
            for status in ("COMPLETED", "CANCELLED")
        ],
        ({"serviceJobStatus": "HOLD", "marketplaceId": US, "serviceType": "heavybulky"}, cancel("S20"), "US, heavy_bulk"),
    ],
)
def test_the_job_itself_is_asked(job, step, said):
    with pytest.raises(InvalidParameter, match=said):
        step.check_status(job["serviceJobStatus"])
        step.check_job(job)


def job_of(shown: object, place: str = "job") -> dict:
    job = {"serviceJobStatus": "NOT_SERVICED", "marketplaceId": US, "scopeOfWork": {"asin": "a"}}
    job["appointments"] = [{"appointmentId": "one", "appointmentStatus": "ACTIVE"}]
    if place == "scope":
        return job | {"scopeOfWork": {"asin": "a", "serviceType": shown}}
    return job | ({"serviceType": shown} if shown else {})


@pytest.mark.parametrize("place", ["job", "scope"])
@pytest.mark.parametrize(
    ("shown", "allowed", "refused"),
    [
        # RS4: all of them; RS8: heavy bulk and recurring; DRS1: heavy bulk; RS6: default and heavy bulk; RS12: none of them
        ("heavybulky", ("RS8", "DRS1", "RS6"), ("RS12",)),
        ("HEAVY_BULKY", ("RS8", "DRS1", "RS6"), ("RS12",)),
        ("Recurring", ("RS4", "RS8"), ("DRS1", "RS6")),
        ("default", ("RS4", "RS6"), ("RS8", "DRS1")),
        # all others have the default column
        ("assembly", ("RS4", "RS6"), ("RS8", "DRS1")),
        (None, ("RS4", "RS8", "DRS1", "RS6"), ("RS12",)),
    ],
)
def test_the_service_type_of_the_job_decides_the_column(shown, place, allowed, refused):
    for code in allowed:
        reschedule(code).check_job(job_of(shown, place))
    for code in refused:
        with pytest.raises(InvalidParameter, match="reschedule reason code should be one that Amazon allows in US"):
            reschedule(code).check_job(job_of(shown, place))
        if shown and code != "RS12":
            # also if somebody says otherwise
            with pytest.raises(InvalidParameter, match="allows in US"):
                reschedule(code, "heavy_bulk" if code != "RS6" else "default").check_job(job_of(shown, place))


def test_a_cancellation_of_a_recurring_service_has_the_default_codes():
    for shown, code, is_allowed in (("recurring", "S31", True), ("heavybulky", "S31", False), ("else", "S31", True)):
        job = job_of(shown) | {"marketplaceId": "A21TJRUUN4KGV"}
        if is_allowed:
            cancel(code).check_job(job)
        else:
            with pytest.raises(InvalidParameter, match="allows in IN, heavy_bulk"):
                cancel(code).check_job(job)


def test_heavy_bulk_has_no_default_codes():
    in_germany = {"marketplaceId": DE}
    reschedule("RS8").check_job(job_of("default") | in_germany)
    with pytest.raises(InvalidParameter, match="allows in DE, heavy_bulk service: RS1 "):
        reschedule("RS8").check_job(job_of("heavybulky") | in_germany)


def test_days_that_an_availability_comes():
    weekly = inputs.availability("time", time(0, 60, recurrence={"end": at(24 * 14), "days_of_week": "MONDAY,FRIDAY"}))
    assert [start.day for start, _, _ in occurrences(weekly)] == [2, 5, 9, 12]
    both = inputs.availability(
        "time", time(0, 60, recurrence={"end": at(24 * 14), "days_of_week": "FRIDAY", "days_of_month": [9]})
    )
    assert [(start.day, end - start) for start, end, _ in occurrences(both)] == [(9, timedelta(hours=1))]


@pytest.mark.parametrize("size", [1, 15, 16, 17, 5_242_880])
def test_an_encrypted_document_decrypts_byte_for_byte(size):
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.padding import PKCS7

    content, key, vector = bytes(range(256)) * (size // 256 + 1), b"k" * 32, b"v" * 16
    content = content[:size]
    encrypted = documents.encrypt(content, key, vector)
    decryptor, unpadder = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor(), PKCS7(128).unpadder()
    assert unpadder.update(decryptor.update(encrypted) + decryptor.finalize()) + unpadder.finalize() == content
    assert encrypted != content and len(encrypted) % 16 == 0


def test_an_uploaded_document_is_what_the_api_decrypts(world):
    """The local API decrypts what it was given, and judges length, MD5 and beginning before it takes it as a proof."""
    from include.writes import carry_out
    from tests.writes.cases import make

    fields = make(world, "SetFulfillmentData")
    content = b"%PDF-1.7" + bytes(range(256)) * 999
    uploaded = carry_out(world.client, UploadDocument(content=content), requested_by="me")
    done = carry_out(world.client, SetFulfillmentData(**fields, documents=uploaded.flat()), requested_by="me")
    assert done.outcome == "accepted"
    wrong = uploaded.flat() | {"content_sha256": base64.b64encode(hashlib.sha256(content).digest()).decode()}
    with pytest.raises(Exception, match="sanity check"):
        carry_out(world.client, SetFulfillmentData(**fields, documents=wrong), requested_by="me")
