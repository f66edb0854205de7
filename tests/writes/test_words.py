"""What Amazon says of a write is clean in what a task pushes, in the journal, in the report and in the log."""

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest

from include.services_api import Account, RetryConfig, ServicesClient, errors
from include.warehouse import paths
from include.writes import AddAppointment, assignments, carry_out
from include.writes.conditions import SlotOpens, TechnicianAssigned
from tests.services_api.loopback import Reply, running

PERSONAL = ("2065550100", "10 Downing Street", "jane@example.com", "0151 23456789")
SPOKEN = "Call " + ", ".join(PERSONAL)
JOB = {"serviceJobId": "job-1", "serviceJobStatus": "NOT_SERVICED", "marketplaceId": "ATVPDKIKX0DER"}
START = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
SLOT = {"startTime": START.isoformat(), "endTime": (START + timedelta(hours=1)).isoformat(), "capacity": 1}
OFFERED = Reply(body={"payload": {"appointmentSlots": [SLOT]}})


@pytest.fixture
def loopback():
    with running() as loopback:
        yield loopback


@pytest.fixture
def client(loopback, warehouse, monkeypatch, tmp_path):
    monkeypatch.setenv("SERVICES_RATE_BUDGET_URL", (tmp_path / "rate_budget").as_uri())
    account = Account(
        "my_shop", "client", "secret-of-the-client", "Atzr|token", marketplace_ids=("ATVPDKIKX0DER",),
        endpoint=loopback.url, token_url=f"{loopback.url}/auth/o2/token",
    )  # fmt: skip
    with ServicesClient(account, retry_config=RetryConfig(attempts=1)) as client:
        yield client


def assert_clean(text: str) -> None:
    assert [value for value in PERSONAL if value in text] == []


def stored() -> str:
    return "".join(file.read_text() for file in paths.writes_dir().rglob("*") if file.is_file())


def test_an_accepted_write(client, loopback, caplog):
    caplog.set_level(logging.DEBUG)
    job = JOB | {"appointments": [{"appointmentId": SPOKEN, "appointmentStatus": "CANCELLED"}]}
    warning = {"code": "RESOURCES_UNASSIGNED", "message": SPOKEN, "details": SPOKEN, "buyer": SPOKEN}
    loopback.script(Reply(body={"payload": job}), OFFERED, Reply(body={"appointmentId": SPOKEN, "warnings": [warning]}))
    done = carry_out(client, AddAppointment(service_job_id="job-1", start=START), requested_by="me")
    assert done.warnings[0]["code"] == "RESOURCES_UNASSIGNED" and done.result["appointment_id"].startswith(
        "Call (a phone number)"
    )
    assert_clean(json.dumps(done.flat()) + stored() + caplog.text)


def test_a_refused_one(client, loopback, caplog):
    caplog.set_level(logging.DEBUG)
    refusal = {"errors": [{"code": "InvalidInput", "message": SPOKEN, "details": SPOKEN}]}
    loopback.script(Reply(body={"payload": JOB}), OFFERED, Reply(400, refusal))
    with pytest.raises(errors.BadRequest, match="InvalidInput") as caught:
        carry_out(client, AddAppointment(service_job_id="job-1", start=START), requested_by="me")
    assert_clean(str(caught.value) + stored() + caplog.text)


def test_the_report_of_a_table(client, loopback, caplog):
    caplog.set_level(logging.DEBUG)
    job = JOB | {"appointments": [{"appointmentId": "a-1", "appointmentStatus": "ACTIVE"}]}
    loopback.script(Reply(body={"payload": job}), Reply(422, {"errors": [{"code": "InvalidInput", "message": SPOKEN}]}))
    wanted = [{"service_job_id": "job-1", "appointment_id": "a-1", "technician_ids": "A1TECH"}]
    results = list(assignments.assign(client, wanted, requested_by="me", settle_seconds=0))
    assert [one.outcome for one in results] == ["refused"] and "InvalidInput" in results[0].why
    assignments.report("assign-run", results)
    assert_clean(repr(results) + stored() + caplog.text)


def test_what_a_sensor_finds(client, loopback):
    technicians = [{"technicianId": "A1TECH"}, {"technicianId": SPOKEN}]
    appointment = {"appointmentId": "a-1", "appointmentStatus": "ACTIVE", "assignedTechnicians": technicians}
    loopback.script(Reply(body={"payload": JOB | {"appointments": [appointment]}}))
    found = TechnicianAssigned("job-1", "a-1").met(client)
    assert "A1TECH" in found["technician_ids"]
    slot = {"startTime": START.isoformat(), "endTime": SPOKEN, "capacity": 1}
    loopback.script(Reply(body={"payload": {"appointmentSlots": [slot]}}))
    slots = SlotOpens("store", "B07MOUNT01")
    assert_clean(json.dumps(found) + json.dumps(slots.met(client)))
    loopback.script(Reply(body={"payload": {"appointmentSlots": [slot | {"capacity": SPOKEN}]}}))
    with pytest.raises(errors.InvalidParameter, match="capacity") as caught:
        slots.met(client)
    assert_clean(str(caught.value))
