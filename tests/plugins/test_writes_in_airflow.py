"""Every operator and sensor in a real Airflow against the local API: success, refusals, lost answers, a death in between."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from include.services_api import ServicesClient
from include.warehouse.paths import PROJECT_DIR
from tests.local_api import local_api
from tests.writes.cases import KINDS, PDF, make
from tests.writes.world import World, active_appointment

STATUSES = (400, 403, 404, 422)
MODULES = {
    "appointments": ("AddAppointment", "RescheduleAppointment", "AssignResources"),
    "fulfillment": ("SetFulfillmentData", "UploadDocument", "CompleteJob", "CancelJob"),
    "capacity": ("UpdateSchedule", "CreateReservation", "UpdateReservation", "CancelReservation"),
}
OPERATORS = {
    kind: f"amazon_services.operators.{module}.AmazonServices{kind}Operator"
    for module, kinds in MODULES.items()
    for kind in kinds
}
GET_JOB = "getServiceJobByServiceJobId"
NOON = "2026-11-01T12:00:00+00:00"


class Airflow:
    """An Airflow home with one DAG of cases, and a warehouse beside it."""

    def __init__(self, folder: Path, api_url: str) -> None:
        self.dags, self.warehouse, self.url = folder / "dags", folder / "warehouse", api_url
        self.dags.mkdir()
        shutil.copy(Path(__file__).with_name("cases_dag.py"), self.dags)
        (self.dags / "cases.json").write_text("[]")
        extra = {"refresh_token": "Atzr|local", "marketplace_ids": ["ATVPDKIKX0DER"], "endpoint": api_url,
                 "token_url": f"{api_url}/auth/o2/token"}  # fmt: skip
        connection = {"conn_type": "amazon_services", "login": "client-id", "password": "client-secret", "extra": extra}
        self.environment = os.environ | {
            "AIRFLOW_HOME": str(folder),
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.dags),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder / 'airflow.db'}?timeout=60",
            "AIRFLOW_CONN_MY_SHOP": json.dumps(connection),
            "SERVICES_WAREHOUSE_DIR": str(self.warehouse),
            # of all tests, and what `case` makes
            "SERVICES_INPUT_DIR": f"{folder.parent}:{os.environ['AIRFLOW_HOME']}",
            "LOCAL_API": api_url,
        }
        subprocess.run([Path(sys.executable).with_name("airflow"), "db", "migrate"], env=self.environment, check=True,
                       capture_output=True, cwd=PROJECT_DIR)  # fmt: skip

    def start(self, cases: list[dict], run: str = NOON) -> subprocess.Popen:
        (self.dags / "cases.json").write_text(json.dumps(cases))
        (self.dags / "results.json").unlink(missing_ok=True)
        command = [sys.executable, str(self.dags / "cases_dag.py"), run]
        log = (self.dags.parent / "run.log").open("w")
        return subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, cwd=PROJECT_DIR)

    def run(self, cases: list[dict], run: str = NOON) -> dict[str, dict]:
        """State, tries, requests and what was pushed, of each case."""
        assert self.start(cases, run).wait(300) == 0, self.said()[-3000:]
        return json.loads((self.dags / "results.json").read_text())

    def said(self) -> str:
        return (self.dags.parent / "run.log").read_text()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SERVICES_RATE_BUDGET_URL", (tmp_path_factory.mktemp("budget") / "rate_budget").as_uri())
        options = ("--limits", "off", "--days", "14", "--jobs-per-day", "120", "--marketplaces", "US")
        with local_api(*options) as api, ServicesClient(api.account("my_shop")) as client:
            yield World(api, client)


@pytest.fixture(scope="module")
def airflow(world, tmp_path_factory):
    return Airflow(tmp_path_factory.mktemp("airflow"), world.api.url)


def case(world: World, kind: str, how: str, fault: dict | None = None, **fields) -> dict:
    given = make(world, kind)
    if given.pop("content", None):
        file = Path(os.environ["AIRFLOW_HOME"]) / "proof.pdf"
        file.write_bytes(PDF)
        given["file"] = str(file)
    fault = {"operation": KINDS[kind], **fault} if fault else None
    return {"name": f"{kind}.{how}", "operator": OPERATORS[kind], "fields": given | fields, "fault": fault}


@pytest.fixture(scope="module")
def results(world, airflow, request):
    """One run of one Airflow for all cases of the operators."""
    cases = []
    for kind in KINDS:
        cases.append(case(world, kind, "success"))
        cases.append(case(world, kind, "unknown", {"kind": "close", "after": True, "times": 1}))
        cases.append(case(world, kind, "dry_run", dry_run=True))
    # those that are asked for: a quarter of them in the normal run
    asked = [item.callspec.params for item in request.session.items if item.name.startswith("test_a_refusal_ends_the_task")]
    for params in asked:
        fault = {"kind": "error", "status": params["status"]}
        cases.append(case(world, params["kind"], str(params["status"]), fault))
    bad = {"reschedule_reason_code": "RS7"}
    cases.append(case(world, "RescheduleAppointment", "not_allowed") | {"name": "not_allowed"})
    cases[-1]["fields"] |= bad
    return airflow.run(cases)


@pytest.mark.parametrize("kind", KINDS)
def test_success(results, kind):
    told = results[f"{kind}.success"]
    assert (told["state"], told["tries"]) == ("success", 1)
    assert [one["verdict"] for one in told["log"] if one["operation"] == KINDS[kind]] == ["answered"]
    ids = {"AddAppointment": {"appointment_id"}, "RescheduleAppointment": {"appointment_id"},
           "CreateReservation": {"reservation_id"}, "UpdateReservation": {"reservation_id"},
           "UploadDocument": {"upload_destination_id", "content_sha256"}}.get(kind, set())  # fmt: skip
    assert set(told["pushed"]) == {"operation", "outcome", "request_id", "warnings"} | ids
    warned = {one["code"] for one in told["pushed"]["warnings"]}
    # whoever can do the job may be busy, which is no refusal
    # a schedule is sent with what it replaces
    expected = {"RescheduleAppointment": {"RESOURCES_UNASSIGNED"}, "UpdateSchedule": {"ScheduleOverride"}}
    assert warned - {"RESOURCES_OVERBOOKED"} == expected.get(kind, set())


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        pytest.param(kind, status, marks=() if STATUSES[place % 4] == status else pytest.mark.soak)
        for place, kind in enumerate(KINDS)
        for status in STATUSES
    ],
)
def test_a_refusal_ends_the_task_without_retry(results, kind, status):
    told = results[f"{kind}.{status}"]
    assert (told["state"], told["tries"], told["pushed"]) == ("failed", 1, None)
    # a 403 is asked again with a fresh token, once
    sent = [one["status"] for one in told["log"] if one["operation"] == KINDS[kind]]
    assert sent == [status] * (2 if status == 403 else 1)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_outcome_ends_the_task_and_is_sent_once(results, kind):
    told = results[f"{kind}.unknown"]
    assert (told["state"], told["tries"]) == ("failed", 1)
    assert [one["verdict"] for one in told["log"] if one["operation"] == KINDS[kind]] == ["fault close"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_dry_run_sends_nothing_at_all(results, kind):
    told = results[f"{kind}.dry_run"]
    assert (told["state"], told["log"], told["pushed"]["outcome"]) == ("success", [], "dry_run")


def test_what_amazon_does_not_allow_is_not_sent(results, airflow):
    assert (results["not_allowed"]["state"], results["not_allowed"]["log"]) == ("failed", [])
    assert "RS11 (Customer didn't show up)" in airflow.said()


@pytest.mark.soak
def test_killed_between_request_and_answer(world, airflow):
    """`kill -9` of the task; the same run again finds what arrived, and does not send it again."""
    wanted = case(world, "RescheduleAppointment", "killed", {"kind": "hang", "seconds": 3, "after": True, "times": 1})
    wanted["fields"]["settle_seconds"] = 0
    wanted["operation"] = KINDS["RescheduleAppointment"]
    journal = airflow.warehouse / "writes"
    before = set(journal.glob("*.json"))
    first = airflow.start([wanted], run="2026-11-02T12:00:00+00:00")
    while not (begun := set(journal.glob("*.json")) - before):
        assert first.poll() is None, airflow.said()[-3000:]
        time.sleep(0.05)
    time.sleep(0.5)
    first.kill()
    first.wait()
    (file,) = begun
    assert json.loads(file.read_text())["outcome"] == "sent"
    told = airflow.run([wanted | {"fault": None}], run="2026-11-02T12:00:00+00:00")[wanted["name"]]
    assert told["state"] == "success", airflow.said()[-3000:]
    assert told["pushed"]["outcome"] == "confirmed"
    job = world.client.get_service_job(wanted["fields"]["service_job_id"]).payload
    moved = {one["appointmentId"]: one.get("rescheduledAppointmentId") for one in job["appointments"]}
    assert moved[wanted["fields"]["appointment_id"]] == told["pushed"]["appointment_id"]
    assert [
        one for one in told["log"] if one["operation"] == KINDS["RescheduleAppointment"] and one["verdict"] == "answered"
    ] == []


def sensor(name: str, kind: str, meanwhile: dict | None = None, fault: dict | None = None, **fields) -> dict:
    return {
        "name": name, "operator": f"amazon_services.sensors.AmazonServices{kind}Sensor", "meanwhile": meanwhile, "fault": fault,
        "fields": {"poke_interval": 0.3, "timeout": 60, **fields},
    }  # fmt: skip


def test_sensors(world, airflow):
    completed, cancelled = world.job("COMPLETED"), world.job("CANCELLED")
    waiting, unassigned = world.job("NOT_SERVICED", active=True), world.job("NOT_SERVICED", active=True, assigned=False)
    assigned, able = world.job("NOT_SERVICED", active=True, assigned=True), world.able_technician(unassigned)
    world.unassign(unassigned)
    appointment_id = active_appointment(unassigned)["appointmentId"]
    account, about = world.client.account, unassigned["serviceJobId"]
    (store, *_) = world.stores
    headers = {"x-amz-access-token": world.token, "User-Agent": "Tests/1 (Language=Python)"}
    url = f"{account.base_url}/service/v1/serviceJobs"
    cancel = {
        "method": "PUT",
        "url": f"{url}/{waiting['serviceJobId']}/cancellations?cancellationReasonCode=S1",
        "headers": headers,
    }
    assign = {"method": "PUT", "url": f"{url}/{about}/appointments/{appointment_id}/resources", "headers": headers,
              "json": {"resources": [{"resourceId": able}]}}  # fmt: skip
    job = {"service_job_id": waiting["serviceJobId"], "statuses": ["CANCELLED"]}
    results = airflow.run([
        sensor("status.met", "JobStatus", service_job_id=completed["serviceJobId"], statuses="COMPLETED,CANCELLED"),
        sensor("status.never", "JobStatus", service_job_id=cancelled["serviceJobId"], statuses="COMPLETED"),
        *[sensor(f"status.{status}", "JobStatus", fault={"operation": GET_JOB, "kind": "error", "status": status}, **job)
          for status in STATUSES],
        # passes, and while it waits too
        sensor("status.passing", "JobStatus", fault={"operation": GET_JOB, "kind": "close", "nth": 2}, meanwhile=cancel, **job),
        sensor("technician.never", "Technician", service_job_id=about, appointment_id="another"),
        sensor("technician.deferred", "Technician", meanwhile=assign, service_job_id=about, appointment_id=appointment_id),
        sensor("technician.poked", "Technician", service_job_id=assigned["serviceJobId"], deferrable=False,
               appointment_id=active_appointment(assigned)["appointmentId"]),
        sensor("slot.met", "Slot", store_id=store["store_id"], asin=store["asins"][0]),
        sensor("slot.timeout", "Slot", store_id=store["store_id"], asin=store["asins"][0], least_capacity=999, timeout=2,
               soft_fail=True, deferrable=False),
        sensor("slot.404", "Slot", store_id=store["store_id"], asin=store["asins"][0],
               fault={"operation": "getAppointmentSlots", "kind": "error", "status": 404}),
    ])  # fmt: skip
    states = {name: told["state"] for name, told in results.items()}
    assert states == {
        "status.met": "success", "status.never": "failed", "status.passing": "success",
        **{f"status.{status}": "failed" for status in STATUSES},
        "technician.never": "failed", "technician.deferred": "success", "technician.poked": "success",
        "slot.met": "success", "slot.timeout": "skipped", "slot.404": "failed",
    }  # fmt: skip
    assert {told["tries"] for told in results.values()} == {1}
    assert results["status.passing"]["pushed"] == {"job_status": "CANCELLED"}
    assert results["technician.deferred"]["pushed"] == {"technician_ids": [able]}
    assert results["technician.poked"]["pushed"]["technician_ids"]
    assert results["slot.met"]["pushed"]["capacity"] >= 1
    # it was looked at while it waited
    assert len([one for one in results["technician.deferred"]["log"] if one["operation"] == GET_JOB]) > 2
