"""Odd values that a model allows, or that no model foresaw, go the whole way: they are warned of, and stop no publication."""

from datetime import UTC, datetime, timedelta

from include import quality
from include.extract import runs
from include.extract.backfill import Backfill
from include.services_api import ServicesClient
from include.warehouse import database, paths
from include.warehouse.building.transform import build_models
from include.warehouse.loading.load import load_packages
from include.warehouse.publishing.publish import publish
from tests.end_to_end.scripted_api import scripted_api

HOUR = datetime(2026, 10, 1, 12, tzinfo=UTC)
TOO_MANY = 10**18
STREET, PHONE, EMAIL = "12b Old Mill Road", "+1 206 555 0143", "a.buyer@example.com"


def appointment(start: object = "2026-10-01T15:00:00Z", minutes: object = 60, **fields: object) -> dict:
    time = {"startTime": start, "durationInMinutes": minutes}
    return {"appointmentId": "A1", "appointmentStatus": "ACTIVE", "appointmentTime": time,
            "assignedTechnicians": [{"technicianId": "T1", "name": "Technician"}]} | fields  # fmt: skip


def proof(start: object, minutes: object = 60, **fields: object) -> dict:
    return {"poa": {"appointmentTime": {"startTime": start, "durationInMinutes": minutes}, "poaType": "POA_RECEIPT"} | fields}


ODD_APPOINTMENTS = [
    [appointment(minutes=TOO_MANY)],
    [appointment(minutes=-60), appointment(appointmentId="A2", minutes=0)],
    [appointment(start="9999-12-31T23:59:00Z"), appointment(appointmentId="A2", start="0001-01-01T00:00:00Z")],
    [appointment(start="1925-01-01T00:00:00Z")],
    [appointment(**proof("1990-01-01T00:00:00Z", TOO_MANY))],
    [appointment(**proof("2200-01-01T00:00:00Z", -5))],
    [appointment(), appointment(), appointment(appointmentId=None), appointment(appointmentId="")],
    [appointment(appointmentId="job-7#3"), appointment(), {}, None],
    [
        appointment(appointmentStatus="ASLEEP", rescheduledAppointmentId="A1"),
        appointment(appointmentId="A2", appointmentStatus=""),
    ],
    [appointment(assignedTechnicians=[{"technicianId": "", "name": ""}, None, {"name": "Nobody"}, {"technicianId": "T1"}] * 2)],
    [appointment(rescheduledAppointmentId="elsewhere", appointmentStatus="CANCELLED", **proof("2026-10-01T15:00:00Z"))],
]
ODD_JOBS = [
    {"serviceJobStatus": "ASLEEP"}, {"serviceJobStatus": ""}, {"createTime": "2099-01-01T00:00:00Z"}, {"createTime": None},
    {"createTime": "0001-01-01T00:00:00Z"}, {"marketplaceId": "NOWHERE", "storeId": ""}, {"scopeOfWork": {"quantity": -1}},
    {"payments": [{"amount": {"value": -5, "currency": "$"}}, {"amount": {"value": 1e300}}, None, {}]},
    {"payments": [{"amount": {"value": "1e17", "currency": "USD"}}]},
    {"associatedItems": [{"itemStatus": "LOST", "itemDelivery": {"itemDeliveryPromise": {
        "startTime": "2026-10-02T00:00:00Z", "endTime": "2026-10-01T00:00:00Z"}}}, None, {}, {"quantity": TOO_MANY}]},
    {"preferredAppointmentTimes": [{"startTime": "2026-10-01T15:00:00Z", "durationInMinutes": TOO_MANY}, None]},
    {"scopeOfWork": {"asin": "", "title": "x" * 10_000, "requiredSkills": ["", None]}},
    {"buyer": {"buyerId": "", "isPrimeMember": None}, "serviceLocation": {"address": {"city": "", "postalCode": None}}},
    {"serviceLocation": {"address": {"city": STREET, "district": "Mill Hill 2", "stateOrRegion": f"WA, {PHONE}"}}},
    {"scopeOfWork": {"asin": "B1", "title": [f"for {EMAIL}"]}},
]  # fmt: skip
ODD_SLOTS = [
    {"startTime": "2026-10-01T15:00:00Z", "endTime": "2026-10-01T14:00:00Z", "capacity": -1},
    {"startTime": "2026-10-01T15:00:00Z", "endTime": "2026-10-01T15:00:00Z", "capacity": TOO_MANY},
    {"startTime": "2026-10-01T16:00:00Z", "endTime": "2026-10-01T17:00:00Z", "capacity": 1, "contact": {"mail": EMAIL}},
    {"startTime": "2026-10-01T16:00:00Z", "endTime": "2026-10-01T17:00:00Z", "capacity": 2},
    {"startTime": "0001-01-01T00:00:00Z", "endTime": "9999-12-31T23:59:00Z"},
]
ODD_CAPACITIES = [
    {"startDateTime": "2026-10-01T15:30:00Z", "scheduledCapacity": 4},
    {"startDateTime": "2026-10-01T16:00:00Z", "scheduledCapacity": 2, "encumberedCapacity": 9, "reservedCapacity": 1},
    {"startDateTime": "2026-10-01T17:00:00Z", "scheduledCapacity": -4, "encumberedCapacity": TOO_MANY},
    {"startDateTime": "9999-12-31T23:00:00Z", "scheduledCapacity": 1, "reservedCapacity": 2, "encumberedCapacity": 1},
]


def odd_jobs() -> list[dict]:
    plain = {"serviceJobStatus": "NOT_SERVICED", "createTime": "2026-09-30T12:00:00Z", "storeId": "s",
             "marketplaceId": "ATVPDKIKX0DER", "scopeOfWork": {"asin": "B1", "title": "Assembly"}}  # fmt: skip
    jobs = [plain | {"appointments": appointments} for appointments in ODD_APPOINTMENTS]
    jobs += [plain | {"serviceJobStatus": "COMPLETED", "appointments": appointments} for appointments in ODD_APPOINTMENTS]
    jobs += [plain | {"appointments": [appointment()]} | odd for odd in ODD_JOBS]
    return [job | {"serviceJobId": f"job-{number}"} for number, job in enumerate(jobs)]


def test_odd_values_are_warned_of_and_published(warehouse):
    jobs = odd_jobs()
    with scripted_api() as api, ServicesClient(api.account()) as client:
        api.answers = {job["serviceJobId"]: {"payload": job} for job in jobs}
        api.answers |= {"serviceJobs": {"payload": {"totalResultSize": len(jobs), "jobs": jobs}}}
        api.answers |= {"appointmentSlots": {"payload": {"schedulingType": "", "appointmentSlots": ODD_SLOTS}}}
        api.answers |= {"fixed": {"slotDuration": 60, "capacities": ODD_CAPACITIES}}
        wanted = Backfill.from_params({"start": HOUR.isoformat(), "end": (HOUR + timedelta(hours=1)).isoformat()})
        runs.backfill(client, wanted, HOUR + timedelta(days=1), "jobs")
        runs.scheduled_availability(client, HOUR + timedelta(minutes=2), "slots")
    with database.connect() as connection:
        load_packages(connection)
    build_models()
    report = quality.gate(paths.build_database(), paths.data_docs_dir(), run_id="odd")
    publish(paths.build_database(), paths.published_database(), run_id="odd")

    assert {finding.code for finding in report.findings} >= {
        "raw_job_status_unknown", "raw_job_create_time_missing", "raw_slot_range_invalid", "slot_range_invalid",
        "raw_slot_capacity_negative", "raw_capacity_off_the_hour", "raw_capacity_negative", "hour_oversubscribed",
        "appointment_minutes_out_of_range", "appointment_delay_out_of_range", "appointment_status_unknown",
    }  # fmt: skip
    with database.connect(paths.published_database(), read_only=True) as connection:
        assert connection.execute("select count(*) from marts.fct_service_jobs").fetchone() == (len(jobs),)
        # what people have written where something else belongs is told and not kept
        told = connection.execute("""
            select field, payload from ops.quarantined_records
            where reason like 'looks like a street line%' or field similar to '.*(contact|title).*' order by all
        """).fetchall()
    assert told == [
        ("appointmentSlots[].contact.mail", '{"length":19,"type":"text"}'),
        ("scopeOfWork.title", '{"length":1,"type":"list"}'),
        ("serviceLocation.address.city", '{"length":17,"type":"text"}'),
        ("serviceLocation.address.stateOrRegion", '{"length":19,"type":"text"}'),
    ]
    with database.connect() as connection:
        tables = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        everything = "".join(str(connection.execute(f"select * from {table}").fetchall()) for (table,) in tables)
    assert [text for text in (STREET, PHONE, EMAIL) if text in everything] == []
