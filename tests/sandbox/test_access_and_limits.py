"""Login with Amazon, token buckets, and what a refused call looks like."""

from __future__ import annotations

import threading
import time

import pytest

from include.sandbox.api.limits import Bucket
from include.sandbox.api.operations import OPERATIONS
from tests.sandbox.conftest import CREDENTIALS, NOW, START, US, Running

LIST = {"marketplaceIds": US, "createdAfter": START}


@pytest.fixture
def limited(launch) -> Running:
    return launch("--days", "2", "--now", NOW, "--frozen", "--seed", "7")


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"refresh_token": "Atzr|revoked"}, 400, "invalid_grant"),
        ({"refresh_token": "something"}, 400, "invalid_grant"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": ""}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_bad_credentials_get_no_token(world: Running, changed: dict, status: int, error: str) -> None:
    answer = world.session.post(f"{world.url}/auth/o2/token", data=CREDENTIALS | changed)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_token_is_for_an_hour(world: Running) -> None:
    answer = world.session.post(f"{world.url}/auth/o2/token", data=CREDENTIALS).json()
    assert (answer["expires_in"], answer["token_type"]) == (3_600, "bearer")
    assert answer["access_token"].startswith("Atza|")


def test_only_a_living_token_with_the_role_opens_the_door(launch) -> None:
    world = launch("--days", "2", "--now", NOW, "--frozen")
    expired = world.login()
    world.app.auth.expire(expired)
    for token in ("", "Atza|unknown", expired, world.login(refresh_token="Atzr|norole")):
        answer = world.call("GET", "serviceJobs", params=LIST, headers={"x-amz-access-token": token})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "Unauthorized")


def test_the_user_agent_is_required(world: Running) -> None:
    assert world.call("GET", "serviceJobs", params=LIST, headers={"user-agent": "x" * 501}).status_code == 400


def test_a_bucket_never_gives_more_than_its_burst_and_rate() -> None:
    """Over every interval between two requests, at every spacing."""
    for spacing in (0.001, 0.03, 0.0999, 0.1, 0.25):
        bucket = Bucket(10, 40, 40, 0)
        times = [step * spacing for step in range(2_000)]
        given = [moment for moment in times if bucket.take(moment)]
        for first in range(0, len(given), 7):
            for last in range(first, len(given), 11):
                assert last - first + 1 <= 40 + 10 * (given[last] - given[first]) + 1e-6


def test_no_more_than_burst_and_rate_are_answered_over_http(limited: Running) -> None:
    answers: list[tuple[float, float, int]] = []

    def hammer() -> None:
        for _ in range(40):
            sent = time.monotonic()
            status = limited.call("GET", "serviceJobs", params=LIST).status_code
            answers.append((sent, time.monotonic(), status))

    threads = [threading.Thread(target=hammer) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    good = sorted(answer for answer in answers if answer[2] == 200)
    elapsed = max(answer[1] for answer in answers) - min(answer[0] for answer in answers)
    assert len(good) <= 40 + 10 * elapsed
    assert len(good) >= 40
    verdicts = [entry["verdict"] for entry in limited.control("GET", "log", operation="getServiceJobs")["requests"]]
    assert verdicts.count("answered") == len(good)
    assert verdicts.count("throttled") == len(answers) - len(good) > 0


def test_a_429_comes_in_three_forms_and_without_the_rate(limited: Running) -> None:
    limited.control("PUT", "limits", {"operation": "getServiceJobs", "rate": 0.001, "burst": 1})
    assert limited.call("GET", "serviceJobs", params=LIST).headers["x-amzn-RateLimit-Limit"] == "0.001"
    answers = [limited.call("GET", "serviceJobs", params=LIST) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429] * 3
    assert not any("x-amzn-RateLimit-Limit" in answer.headers for answer in answers)
    forms = [answer.content[:1] for answer in answers]
    assert sorted(forms) == [b"", b"<", b"{"]
    assert all(answer.headers["x-amzn-RequestId"] for answer in answers)


def test_accounts_and_operations_have_buckets_of_their_own(limited: Running) -> None:
    limited.control("PUT", "limits", {"account": "client:Atzr|one", "operation": "getServiceJobs", "rate": 0.001, "burst": 1})
    other = {"x-amz-access-token": limited.login(refresh_token="Atzr|two")}
    assert [limited.call("GET", "serviceJobs", params=LIST).status_code for _ in range(2)] == [200, 429]
    assert limited.call("GET", "serviceJobs", params=LIST, headers=other).headers["x-amzn-RateLimit-Limit"] == "10.0"
    assert limited.call("GET", "serviceJobs/nothing").status_code == 404


def test_limits_are_those_of_the_usage_plans() -> None:
    faster = {operation.name: operation.limit for operation in OPERATIONS if operation.limit != (5, 20)}
    assert faster == {
        "getServiceJobs": (10, 40),
        "getServiceJobByServiceJobId": (20, 40),
        "getAppointmentSlots": (20, 40),
        "assignAppointmentResources": (1, 2),
    }


def test_unknown_paths_and_methods(world: Running) -> None:
    assert world.call("GET", "nothing").status_code == 404
    answer = world.call("PATCH", "serviceJobs")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


def test_bodies_that_cannot_be_read(world: Running) -> None:
    store = world.control("GET", "health")["stores"][0]["store_id"]
    path, params = f"serviceResources/{store}/capacity/fixed", {"marketplaceIds": US}
    as_json = {"content-type": "application/json"}
    assert world.call("POST", path, params=params, data=b"{", headers=as_json).status_code == 400
    assert world.call("POST", path, params=params, data=b"[]", headers=as_json).status_code == 400
    assert world.call("POST", path, params=params, data=b"{}", headers={"content-type": "text/plain"}).status_code == 415
    assert world.call("POST", path, params=params, data=b" " * 1_100_000, headers=as_json).status_code == 413


def test_latency_is_added_to_every_answer(launch) -> None:
    world = launch("--days", "1", "--now", NOW, "--frozen", "--latency-ms", "120")
    began = time.monotonic()
    assert world.call("GET", "serviceJobs", params=LIST).status_code == 200
    assert time.monotonic() - began >= 0.12


def test_every_request_is_logged_with_its_verdict(launch) -> None:
    world = launch("--days", "1", "--now", NOW, "--frozen", "--limits", "off")
    world.control("DELETE", "log")
    world.login()
    world.session.post(f"{world.url}/auth/o2/token", data=CREDENTIALS | {"client_secret": "wrong"})
    world.call("GET", "serviceJobs", params=LIST)
    world.call("GET", "serviceJobs/nothing")
    world.call("GET", "serviceJobs", params=LIST, headers={"x-amz-access-token": "Atza|unknown"})
    told = [(entry["operation"], entry["status"], entry["verdict"]) for entry in world.control("GET", "log")["requests"]]
    assert told == [
        ("token", 200, "answered"),
        ("token", 401, "refused"),
        ("getServiceJobs", 200, "answered"),
        ("getServiceJobByServiceJobId", 404, "refused"),
        ("getServiceJobs", 403, "denied"),
    ]
    assert len(world.control("GET", "log", operation="token", verdict="answered")["requests"]) == 1
    newest = world.control("GET", "log")["requests"][-1]["number"]
    assert [entry["number"] for entry in world.control("GET", "log", since=str(newest - 1))["requests"]] == [newest]
