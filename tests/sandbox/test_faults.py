"""Each fault does what it says, when it says so."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import requests

from tests.sandbox.conftest import CREDENTIALS, START, US, Running

LIST = {"marketplaceIds": US, "createdAfter": START}


@pytest.fixture
def faulty(world: Running):
    yield lambda **fault: world.control("POST", "faults", {"operation": "getServiceJobs"} | fault)
    world.control("DELETE", "faults")


def ask(world: Running, **query: str) -> requests.Response:
    return world.call("GET", "serviceJobs", params=LIST | query)


def first_job(world: Running) -> dict:
    return ask(world).json()["payload"]["jobs"][0]


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize(("form", "begins"), [("json", b"{"), ("html", b"<"), ("empty", b"")])
def test_errors_of_every_form(world: Running, faulty, status: int, form: str, begins: bytes) -> None:
    faulty(kind="error", status=status, body=form)
    answer = ask(world)
    assert (answer.status_code, answer.content[:1]) == (status, begins)
    assert world.control("GET", "log")["requests"][-1]["verdict"] == "fault error"


def test_a_fault_of_one_job_strikes_no_other(world: Running, faulty) -> None:
    one, other = (job["serviceJobId"] for job in ask(world).json()["payload"]["jobs"][:2])
    faulty(operation="getServiceJobByServiceJobId", kind="error", job=one)
    assert [world.call("GET", f"serviceJobs/{name}").status_code for name in (one, other, one)] == [500, 200, 500]
    assert ask(world).status_code == 200


def test_a_fault_strikes_when_it_is_told_to(world: Running, faulty) -> None:
    faulty(kind="error", nth=2)
    assert [ask(world).status_code for _ in range(4)] == [200, 500, 200, 200]
    world.control("DELETE", "faults")
    faulty(kind="error", every=3, times=1)
    assert [ask(world).status_code for _ in range(6)] == [200, 200, 500, 200, 200, 200]
    world.control("DELETE", "faults")
    faulty(kind="error", probability=0.5)
    statuses = [ask(world).status_code for _ in range(60)]
    assert 10 < statuses.count(500) < 50


def test_other_operations_are_spared(world: Running, faulty) -> None:
    faulty(kind="error")
    assert world.call("GET", "serviceJobs/nothing").status_code == 404
    world.control("POST", "faults", {"operation": "*", "kind": "error", "status": 503})
    assert world.call("GET", "serviceJobs/nothing").status_code == 503


def test_the_token_endpoint_fails_too(world: Running, faulty) -> None:
    world.control("POST", "faults", {"operation": "token", "kind": "error", "status": 503, "times": 1})
    post = lambda: world.session.post(f"{world.url}/auth/o2/token", data=CREDENTIALS).status_code  # noqa: E731
    assert [post(), post()] == [503, 200]


def test_the_connection_is_closed(world: Running, faulty) -> None:
    faulty(kind="close", times=1)
    with pytest.raises(requests.ConnectionError):
        ask(world)
    assert ask(world).status_code == 200


def test_the_connection_hangs_and_is_closed(world: Running, faulty) -> None:
    faulty(kind="hang", seconds=0.5, times=1)
    began = time.monotonic()
    with pytest.raises(requests.ConnectionError):
        ask(world)
    assert time.monotonic() - began >= 0.5


def test_the_answer_is_truncated(world: Running, faulty) -> None:
    faulty(kind="truncate", times=1)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        ask(world)


def test_a_write_can_happen_before_its_answer_is_lost(own_world: Running) -> None:
    jobs = [job for page in own_world.pages(createdAfter=START) for job in page["jobs"]]
    first, second = [job["serviceJobId"] for job in jobs if job["serviceJobStatus"] == "PENDING_SCHEDULE"][:2]
    for job_id, after, status in ((first, True, "CANCELLED"), (second, False, "PENDING_SCHEDULE")):
        fault = {"operation": "cancelServiceJobByServiceJobId", "kind": "close", "after": after, "times": 1}
        own_world.control("POST", "faults", fault)
        with pytest.raises(requests.ConnectionError):
            own_world.call("PUT", f"serviceJobs/{job_id}/cancellations", params={"cancellationReasonCode": "S1"})
        assert own_world.job(job_id)["serviceJobStatus"] == status


def test_the_access_token_expires_in_mid_listing(launch) -> None:
    world = launch("--days", "2", "--now", "2026-11-10T12:00:00Z", "--frozen", "--limits", "off")
    world.control("POST", "faults", {"operation": "getServiceJobs", "kind": "expire_token", "nth": 2})
    assert [ask(world).status_code for _ in range(3)] == [200, 403, 403]
    world.session.headers["x-amz-access-token"] = world.login()
    assert ask(world).status_code == 200


def test_pages_that_lie(world: Running, faulty) -> None:
    honest = ask(world).json()["payload"]
    token = honest["nextPageToken"]
    faulty(kind="repeat_token", times=1)
    assert ask(world, pageToken=token).json()["payload"]["nextPageToken"] == token
    faulty(kind="duplicate_jobs", times=1)
    jobs = ask(world).json()["payload"]["jobs"]
    assert (len(jobs), jobs[-1]) == (21, jobs[-2])
    faulty(kind="changing_total", times=1)
    assert ask(world).json()["payload"]["totalResultSize"] == honest["totalResultSize"] + 1
    faulty(kind="errors_without_payload", times=1)
    answer = ask(world)
    assert (answer.status_code, list(answer.json())) == (200, ["errors"])


def test_data_that_cannot_be_trusted(world: Running, faulty) -> None:
    faulty(kind="unknown_field", times=1)
    assert "sandboxUnknown" in first_job(world)
    faulty(kind="missing", times=1, places=1)
    jobs = ask(world).json()["payload"]["jobs"]
    assert ["serviceJobId" in job for job in jobs] == [False] + [True] * 19
    faulty(kind="missing", field="scopeOfWork", times=1)
    assert "scopeOfWork" not in first_job(world)
    faulty(kind="unknown_enum", times=1)
    assert first_job(world)["serviceJobStatus"] == "NEVER_SEEN_BEFORE"
    faulty(kind="string_duration", times=1)
    faulty(kind="unreadable_time", times=1)
    texts = [ask(world).text for _ in range(2)]
    assert '"durationInMinutes":"' in texts[0]
    assert '"startTime":"2021-04-04T25:61"' in texts[1]


@pytest.mark.parametrize("fault", [{"kind": "nonsense"}, {"operation": "nothing", "kind": "error"}, {"kind": "error", "when": 3}])
def test_a_fault_nobody_knows_is_refused(world: Running, fault: dict) -> None:
    answer = world.session.post(f"{world.url}/_sandbox/faults", json={"operation": "getServiceJobs"} | fault)
    assert answer.status_code == 400
    assert "error" in answer.json()


def test_faults_come_from_a_file(launch, tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text('[{"operation": "getServiceJobs", "kind": "error", "status": 503, "nth": 1}]')
    world = launch("--days", "2", "--now", "2026-11-10T12:00:00Z", "--frozen", "--faults", str(file))
    assert [ask(world).status_code for _ in range(2)] == [503, 200]
    assert world.control("GET", "faults")["faults"][0]["fired"] == 1


def seconds_ahead(answer: requests.Response) -> float:
    return parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()


def test_answers_carry_the_servers_time_not_the_worlds(world: Running, faulty) -> None:
    assert -3 < seconds_ahead(ask(world)) <= 0
    faulty(kind="misdated", seconds=-3600, times=1)
    assert -3603 < seconds_ahead(ask(world)) <= -3600
    assert -3 < seconds_ahead(ask(world)) <= 0
    world.control("DELETE", "faults")
    faulty(kind="undated", times=1)
    assert "Date" not in ask(world).headers


def test_the_truth_knows_which_answers_were_read(own_world: Running) -> None:
    """One without a date is read; for one with a wrong date a reader asks again."""
    job = first_job(own_world)["serviceJobId"]

    def created_at(**fault: object) -> str | None:
        own_world.control("POST", "faults", {"operation": "getServiceJobByServiceJobId", "times": 1} | fault)
        assert own_world.call("GET", f"serviceJobs/{job}").status_code == 200
        own_world.control("DELETE", "faults")
        jobs = own_world.control("GET", "truth", tables="fct_service_jobs")["fct_service_jobs"]
        return next(row["created_at"] for row in jobs if row["service_job_id"] == job)

    assert created_at(kind="unreadable_time", field="createTime") is None
    assert created_at(kind="misdated", seconds=7200) is None
    assert created_at(kind="undated") is not None


def test_the_servers_clock_can_be_wrong(own_world: Running) -> None:
    assert own_world.control("POST", "clock", {"date_shift_seconds": 1200})["date_shift_seconds"] == 1200
    login = own_world.session.post(f"{own_world.url}/auth/o2/token", data=CREDENTIALS)
    for answer in (login, ask(own_world), own_world.call("GET", "serviceJobs/nothing")):
        assert 1197 < seconds_ahead(answer) <= 1200
    assert own_world.control("POST", "clock", {})["date_shift_seconds"] == 1200
