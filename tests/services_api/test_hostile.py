"""Whatever a server answers, a call ends: soon, with a typed error that says what to do, and without harm to the next call."""

import re
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from include.services_api import Account, RetryConfig, ServicesClient, errors
from include.warehouse.paths import PROJECT_DIR
from tests.services_api import hostile
from tests.services_api.conftest import MARKETPLACE
from tests.services_api.loopback import SECRETS
from tests.services_api.raw_server import ANSWER, LOGIN, RawServer, raw_server

# what Python and its libraries say among themselves
RAW = re.compile(
    r"Traceback|Error\b|Exception|Errno|object has no|HTTPConnection|urllib3|requests|codec|Expecting|recursion|0x[0-9a-f]{6}"
)
MOST_SECONDS = 20
LONGEST_MESSAGE = 2_000


@pytest.fixture
def server():
    with raw_server() as server:
        yield server


@pytest.fixture
def client(server: RawServer, budget):
    account = Account(
        "my_shop", "client-id", *SECRETS[:2], marketplace_ids=(MARKETPLACE,),
        endpoint=server.url, token_url=f"{server.url}/auth/o2/token",
    )  # fmt: skip
    retry_config = RetryConfig(attempts=3, seconds=5, first_wait_seconds=0.001, longest_wait_seconds=0.01, response_seconds=0.5)
    with ServicesClient(account, budget=budget, retry_config=retry_config) as client:
        yield client


def fails(call: Callable[[], object], expected: type) -> errors.ServicesApiError:
    started = time.monotonic()
    with pytest.raises(errors.ServicesApiError) as caught:
        call()
    assert time.monotonic() - started < MOST_SECONDS
    error = caught.value
    assert isinstance(error, expected), error
    assert not RAW.search(str(error)), error
    assert len(str(error)) < LONGEST_MESSAGE
    assert "my_shop" in str(error)
    # without this frame, which knows the secrets
    trace = traceback.TracebackException(type(error), error, error.__traceback__.tb_next.tb_next, capture_locals=True)
    shown = "".join(trace.format()) + repr(vars(error)) + str(error)
    for secret in SECRETS:
        assert secret not in shown
    return error


@pytest.mark.parametrize("name", [*hostile.WIRE, *hostile.ANSWERS])
def test_a_call(server, client, name):
    server.answer, expected = (hostile.WIRE | hostile.ANSWERS)[name]
    error = fails(lambda: client.get_service_job("job"), expected)
    assert error.operation == "getServiceJobByServiceJobId"
    if expected is errors.OversizedResponse:
        assert server.requests["answer"] == 2
    server.answer = ANSWER
    assert client.get_service_job("job").payload == {"serviceJobId": "job"}


@pytest.mark.parametrize("name", [*hostile.WIRE, *hostile.LOGINS])
def test_a_login(server, client, monkeypatch, name):
    monkeypatch.setattr("include.services_api.limits.LOGIN_SECONDS", 0.5)
    server.login, expected = (hostile.WIRE | hostile.LOGINS)[name]
    fails(lambda: client.complete_service_job("job"), expected)
    assert server.requests["answer"] == 0
    server.login = LOGIN
    assert client.get_service_job("job").payload == {"serviceJobId": "job"}


def test_threads_do_not_wait_for_the_login_one_after_the_other(server, client, monkeypatch):
    monkeypatch.setattr("include.services_api.limits.LOGIN_SECONDS", 1)
    server.login, _ = hostile.WIRE["a body that drips"]
    started = time.monotonic()
    with ThreadPoolExecutor(8) as threads:
        calls = [threads.submit(client.get_service_job, "job") for _ in range(8)]
        assert all(isinstance(call.exception(), errors.ServiceUnavailable) for call in calls)
    # three attempts of a second; one after the other they would take 24
    assert time.monotonic() - started < 12


@pytest.mark.parametrize("name", ["a body that drips", "a gzip bomb", "a body of 500 MB", "nested 1,000 deep", "nothing"])
def test_a_write_is_sent_once_and_its_outcome_is_unknown(server, client, name):
    server.answer, _ = (hostile.WIRE | hostile.ANSWERS)[name]
    fails(lambda: client.complete_service_job("job"), errors.OutcomeUnknown)
    assert server.requests["answer"] == 1


def test_memory_stays_small():
    """Of a process of its own, whose server is in it too."""
    command = [sys.executable, "-m", "tests.services_api.hostile_worker"]
    result = subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stderr
    megabytes, failed, asked = map(int, result.stdout.split())
    assert failed == asked == 41
    # parsing the worst JSON takes 250 MB, and twelve responses at once twice their size each; both are there on a busy machine
    assert megabytes < 800


def test_there_are_enough():
    assert len(hostile.WIRE) + len(hostile.ANSWERS) + len(hostile.LOGINS) >= 63
