"""From a write to the published mart: what was sent, with its reason, beside what the API shows of it afterwards."""

import time
from datetime import UTC, datetime, timedelta

from include.extract import runs
from include.services_api import ServicesClient
from include.warehouse import database, paths
from include.warehouse.building.transform import build_models
from include.warehouse.loading.load import load_packages
from include.warehouse.publishing.publish import publish
from include.writes import CancelJob, RescheduleAppointment, carry_out
from tests.local_api import local_api

OPTIONS = ("--seed", "9", "--days", "6", "--limits", "off", "--marketplaces", "US", "--jobs-per-day", "30")


def jobs_with_a_future_appointment(client: ServicesClient) -> list[tuple[dict, dict]]:
    now = datetime.now(UTC)
    listed = client.get_service_jobs("ATVPDKIKX0DER", created_after=now - timedelta(days=3), service_job_status=["NOT_SERVICED"])
    found = []
    for one in listed.payload["jobs"]:
        job = client.get_service_job(one["serviceJobId"]).payload
        for appointment in job.get("appointments", []):
            start = datetime.fromisoformat(appointment["appointmentTime"]["startTime"])
            if appointment["appointmentStatus"] == "ACTIVE" and start > now + timedelta(hours=2):
                found.append((job, appointment))
    return found


def test_a_reason_reaches_the_published_mart(warehouse, monkeypatch):
    monkeypatch.setenv("SERVICES_SETTLE_LAG_MINUTES", "0")
    with local_api(*OPTIONS) as api, ServicesClient(api.account()) as client:
        (moved, appointment), (cancelled, _), *_ = jobs_with_a_future_appointment(client)
        now = datetime.now(UTC)
        slots = client.get_appointment_slots(
            "ATVPDKIKX0DER", moved["scopeOfWork"]["asin"], moved["storeId"], now + timedelta(days=2), now + timedelta(days=12)
        ).payload["appointmentSlots"]
        start = datetime.fromisoformat(next(slot["startTime"] for slot in slots if slot["capacity"]))
        move = RescheduleAppointment(
            service_job_id=moved["serviceJobId"], appointment_id=appointment["appointmentId"], start=start,
            reschedule_reason_code="RS11",
        )  # fmt: skip
        new = carry_out(client, move, requested_by="dag run move").result["appointment_id"]
        cancel = CancelJob(service_job_id=cancelled["serviceJobId"], cancellation_reason_code="S1")
        carry_out(client, cancel, requested_by="dag run cancel")
        # the world's times are cut to the second: what was just written lies before the next one
        time.sleep(1)
        end = datetime.now(UTC)
        runs.scheduled_jobs(client, end - timedelta(days=7), end, "week")
    with database.connect() as connection:
        assert load_packages(connection)["api_writes"] == 2
    build_models()
    publish(paths.build_database(), paths.published_database(), run_id="writes")
    with database.connect(paths.published_database(), read_only=True) as connection:
        cursor = connection.execute("select * from marts.fct_reschedules_cancellations where evidence != 'observed'")
        names = [column[0] for column in cursor.description]
        rows = {row[names.index("kind")]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
        writes = connection.execute("select outcome, reason_code from ops.api_writes order by sent_at").fetchall()
    assert writes == [("accepted", "RS11"), ("accepted", "S1")]
    reschedule, cancellation = rows["reschedule"], rows["cancel"]
    assert (reschedule["evidence"], reschedule["reason"], reschedule["requested_by"]) == (
        "both", "Customer didn't show up", "dag run move",
    )  # fmt: skip
    assert (reschedule["appointment_id"], reschedule["replaced_by_appointment_id"]) == (appointment["appointmentId"], new)
    old = datetime.fromisoformat(appointment["appointmentTime"]["startTime"])
    assert reschedule["hours_later"] * 3600 == (start - old).total_seconds()
    assert (cancellation["evidence"], cancellation["reason_code"], cancellation["service_job_id"]) == (
        "both", "S1", cancelled["serviceJobId"],
    )  # fmt: skip
