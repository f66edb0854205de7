"""Sandboxes in this process, each on a free port of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from include.sandbox.__main__ import build, parser
from include.sandbox.api.app import App
from include.sandbox.server import bind, server
from include.sandbox.world.payload import detail
from tests.sandbox.contract import MODEL, Contract

CONTRACT = Contract()
US, UK = "ATVPDKIKX0DER", "A1F83G8C2ARO7P"
NOW = "2026-11-10T12:00:00Z"
START = "2026-10-21T12:00:00Z"
WORLD = ("--seed", "7", "--days", "20", "--now", NOW, "--frozen", "--jobs-per-day", "20", "--limits", "off")
CREDENTIALS = {"grant_type": "refresh_token", "refresh_token": "Atzr|one", "client_id": "client", "client_secret": "secret"}


@dataclass
class Running:
    """A sandbox that runs, and a client of it that has an access token."""

    app: App
    url: str
    session: requests.Session

    def login(self, **changed: str) -> str:
        answer = self.session.post(f"{self.url}/auth/o2/token", data=CREDENTIALS | changed)
        return answer.json()["access_token"]

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Every answer is held against the model, unless it is wrong on purpose."""
        answer = self.session.request(method, f"{self.url}/service/v1/{path}", timeout=20, **options)
        if not self.app.faults.faults:
            CONTRACT.check(answer)
        return answer

    def control(self, method: str, name: str, body: Any = None, **query: str) -> Any:
        answer = self.session.request(method, f"{self.url}/_sandbox/{name}", json=body, params=query, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def pages(self, **query: Any) -> Iterator[dict[str, Any]]:
        query = {"marketplaceIds": US} | query
        while True:
            answer = self.call("GET", "serviceJobs", params=query)
            assert answer.status_code == 200, answer.text
            yield answer.json()["payload"]
            if "nextPageToken" not in answer.json()["payload"]:
                return
            query["pageToken"] = answer.json()["payload"]["nextPageToken"]

    def job_ids(self, **query: Any) -> list[str]:
        return [job["serviceJobId"] for page in self.pages(**query) for job in page["jobs"]]

    def job(self, job_id: str) -> dict[str, Any]:
        return self.call("GET", f"serviceJobs/{job_id}").json()["payload"]

    def find(self, wanted: Callable[[dict[str, Any]], bool], marketplace_id: str = US) -> dict[str, Any]:
        """The newest job, in full, that is as wanted."""
        world = self.app.control.service.world
        jobs = reversed([detail(job, world.now()) for job in world.jobs()])
        return next(job for job in jobs if job["marketplaceId"] == marketplace_id and wanted(job))

    def slots(self, job: dict[str, Any], least: int = 1) -> list[str]:
        """The starts of the slots that are free for a job."""
        path, query = f"serviceJobs/{job['serviceJobId']}/appointmentSlots", {"marketplaceIds": job["marketplaceId"]}
        found = self.call("GET", path, params=query).json()["payload"]["appointmentSlots"]
        return [slot["startTime"] for slot in found if slot["capacity"] >= least]


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Running]]:
    """`launch(*arguments)`: a sandbox with the arguments of the command line."""
    stops = []

    def start(*arguments: str) -> Running:
        app = build(parser().parse_args(arguments))
        listener, runner = bind("127.0.0.1", 0), server(app)
        thread = threading.Thread(target=runner.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        stops.append((runner, thread, listener))
        running = Running(app, f"http://127.0.0.1:{listener.getsockname()[1]}", requests.Session())
        running.session.trust_env = False
        running.session.headers["x-amz-access-token"] = running.login()
        return running

    yield start
    for runner, _, _ in stops:
        runner.should_exit = True
    for _, thread, listener in stops:
        thread.join(10)
        listener.close()


@pytest.fixture(scope="session")
def world(launch: Callable[..., Running]) -> Running:
    """A frozen world for tests that only read."""
    return launch(*WORLD)


@pytest.fixture
def own_world(launch: Callable[..., Running]) -> Running:
    """A frozen world for one test alone, to write to."""
    return launch(*WORLD)


@pytest.fixture(scope="session")
def model() -> Path:
    if not MODEL.exists():
        pytest.skip("needs Amazon's published model at ../shared/contract/services.json")
    return MODEL
