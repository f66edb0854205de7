"""A job payload as a row: everything readable is kept, the rest is told, nothing personal passes."""

import json

import pytest

from include.extract import records
from include.extract.privacy import BuyerKeys
from include.warehouse.loading.windows import BACKFILL, JOBS, UPDATED, Window
from tests.extract.fakes import START

WINDOW = Window("seller", "ATVPDKIKX0DER", JOBS, BACKFILL, UPDATED, START, START)
KEYS = BuyerKeys("a secret of sixteen or more")


def read(payload):
    return records.job(WINDOW, payload, True, START, KEYS)


def met(result):
    return {(row["path"], row["kind"], row["is_value_kept"]) for row in result.drift}


def text(length):
    return f'{{"length":{length},"type":"text"}}'


def test_fields_land_in_their_columns():
    row = read({
        "serviceJobId": "job-1", "createTime": "2021-04-04T01:0:00Z", "serviceJobStatus": "COMPLETED", "storeId": "store-1",
        "marketplaceId": "A1F83G8C2ARO7P", "scopeOfWork": {"asin": "B000000001", "quantity": "2"},
        "appointments": [{"appointmentTime": {"startTime": "2021-04-05T01:0:00Z", "durationInMinutes": "180"}}],
    }).row  # fmt: skip
    assert row["marketplace_id"] == "A1F83G8C2ARO7P" and row["account"] == "seller"
    assert row["create_time"].isoformat() == "2021-04-04T01:00:00+00:00"
    assert json.loads(row["scope_of_work"]) == {"asin": "B000000001", "quantity": 2}
    assert json.loads(row["appointments"]) == [
        {"appointmentTime": {"startTime": "2021-04-05T01:00:00Z", "durationInMinutes": 180}}
    ]
    assert row["_extra"] is None


def test_nothing_personal_passes():
    result = read({
        "serviceJobId": "job-1",
        "buyer": {"buyerId": "A1BUYER", "name": "Jane Roe", "phone": "+1 206 555 0100", "isPrimeMember": True,
                  "email": "jane@example.com"},
        "serviceLocation": {
            "serviceLocationType": "IN_HOME",
            "address": {
                "name": "Jane Roe", "addressLine1": "1 Main Street", "addressLine2": "Door 2", "phone": "+1 206 555 0100",
                "city": "Seattle", "postalCode": 98101, "gateCode": "4711",
            },
        },
    })  # fmt: skip
    everything = json.dumps([result.row, result.quarantined], default=str)
    for personal in ("Jane", "555 0100", "Main Street", "Door 2", "A1BUYER", "4711", "example.com"):
        assert personal not in everything
    assert json.loads(result.row["buyer"]) == {"buyerKey": KEYS.key("A1BUYER"), "isPrimeMember": True}
    assert json.loads(result.row["service_location"])["address"] == {"city": "Seattle", "postalCode": "98101"}
    assert met(result) == {
        ("buyer.email", "unknown_field", False), ("serviceLocation.address.gateCode", "unknown_field", False),
    }  # fmt: skip


def test_an_unreadable_personal_value_is_named_and_not_kept():
    (row,) = read({"serviceJobId": "job-1", "buyer": {"isPrimeMember": "ask Jane Roe"}}).quarantined
    assert (row["field"], row["payload"]) == ("buyer.isPrimeMember", text(12))
    (row,) = read({"serviceJobId": "job-1", "buyer": "Jane Roe"}).quarantined
    assert (row["field"], row["payload"]) == ("buyer", text(8))


def test_unknown_fields_and_values_are_told_and_kept_where_they_name_nobody():
    result = read(
        {"serviceJobId": "job-1", "serviceJobStatus": "PAUSED", "priority": {"level": 1}, "scopeOfWork": {"tier": "gold"}}
    )
    assert result.row["service_job_status"] == "PAUSED"
    assert json.loads(result.row["_extra"]) == {"priority.level": 1, "scopeOfWork.tier": {"type": "text", "length": 4}}
    assert met(result) == {
        ("serviceJobStatus", "unknown_value", True), ("priority.level", "unknown_field", True),
        ("scopeOfWork.tier", "unknown_field", False),
    }  # fmt: skip


def test_other_spellings_of_amazons_guide():
    row = read({"serviceJobId": "job-1", "serviceProvider": {"serviceProviderId": "A1"}}).row
    assert json.loads(row["service_job_provider"]) == {"serviceJobProviderId": "A1"}


def test_one_unreadable_part_does_not_take_the_rest():
    result = read({
        "serviceJobId": "job-1", "createTime": "yesterday", "serviceJobStatus": "NOT_SERVICED",
        "appointments": [
            "broken", {"appointmentId": "appointment-2", "appointmentTime": {"startTime": "soon", "durationInMinutes": 60}},
        ],
    })  # fmt: skip
    assert result.row["create_time"] is None and result.row["service_job_status"] == "NOT_SERVICED"
    # the place of the broken one stays: appointments without an id are named by it
    assert json.loads(result.row["appointments"]) == [
        None,
        {"appointmentId": "appointment-2", "appointmentTime": {"startTime": None, "durationInMinutes": 60}},
    ]
    assert {(row["field"], row["payload"]) for row in result.quarantined} == {
        ("createTime", text(9)),
        ("appointments[1]", text(6)),
        ("appointments[2].appointmentTime.startTime", text(4)),
    }
    assert all(row["record_key"] == "job-1" and row["reason"] for row in result.quarantined)


@pytest.mark.parametrize("payload", [{"serviceJobStatus": "HOLD"}, "a text", 17, {"serviceJobId": ""}, {"serviceJobId": {}}])
def test_a_job_without_an_id_is_quarantined(payload):
    result = read(payload)
    assert result.row is None
    assert "serviceJobId" in {row["field"] for row in result.quarantined}


def test_the_hash_follows_the_content():
    first = read({"serviceJobId": "job-1", "storeId": "store-1", "serviceJobStatus": "HOLD"}).row["content_hash"]
    assert read({"serviceJobStatus": "HOLD", "storeId": "store-1", "serviceJobId": "job-1"}).row["content_hash"] == first
    assert read({"serviceJobId": "job-1", "storeId": "store-1", "serviceJobStatus": "COMPLETED"}).row["content_hash"] != first
    assert (
        read({"serviceJobId": "job-1", "storeId": "store-1", "serviceJobStatus": "HOLD", "new": 1}).row["content_hash"] != first
    )


def test_numbers_and_texts_that_no_encoder_likes_are_kept():
    row = read({"serviceJobId": "job-1", "huge": 10**30, "half": "\ud800", "buyer": {"buyerId": "\ud800"}}).row
    assert json.loads(row["_extra"])["huge"] == {"type": "number", "length": 31}
    assert len(json.loads(row["buyer"])["buyerKey"]) == 32


def test_an_operator_names_what_is_kept_all_the_same(monkeypatch):
    payload = {
        "serviceJobId": "job-1", "serviceJobStatus": "on its way", "createTime": "yesterday", "tier": "gold", "note": "Jane",
        "buyer": {"segment": "new", "email": "jane@example.com"}, "appointments": [{"slot": {"code": "B4"}, "by": "Jane"}],
    }  # fmt: skip
    monkeypatch.setenv("SERVICES_KEEP_FIELDS", "tier, serviceJobStatus,createTime,buyer.segment,appointments[].slot")
    result = read(payload)
    assert result.row["service_job_status"] == "on its way"
    assert json.loads(result.row["_extra"]) == {
        "tier": "gold", "note": {"type": "text", "length": 4}, "buyer.segment": "new", "appointments[1].slot": {"code": "B4"},
        "appointments[1].by": {"type": "text", "length": 4},
    }  # fmt: skip
    assert [(row["field"], row["payload"]) for row in result.quarantined] == [("createTime", '"yesterday"')]
    # what is kept by name is not shown where everybody reads
    assert {row["example"] for row in result.drift} == {None}


def test_nothing_of_a_person_is_in_a_job_that_cannot_be_told_from_others():
    result = read({"serviceOrderId": "O1", "buyer": {"buyerId": "A1BUYER"}, "serviceLocation": {"address": {"city": "Seattle"}}})
    assert [row["payload"] for row in result.quarantined] == ['{"serviceOrderId":"O1"}']


def test_a_phone_number_is_no_number():
    result = read(
        {"serviceJobId": "job-1", "scopeOfWork": {"quantity": "2065550143"}, "payments": [{"amount": {"value": "98101"}}]}
    )
    assert json.loads(result.row["scope_of_work"]) == {"quantity": None}
    assert json.loads(result.row["payments"]) == [{"amount": {"value": 98101}}]
    assert [row["payload"] for row in result.quarantined] == [text(10)]
