"""Whatever the model allows to be sent, and whatever it does not: no 500, and no answer outside the model."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.sandbox.api.operations import OPERATIONS, Operation
from tests.sandbox.conftest import CONTRACT, NOW, START, UK, US, WORLD, Running
from tests.sandbox.test_writes import is_in_the_past, is_upcoming

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
moments = st.sampled_from([NOW, START, "2026-11-20T18:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "", "now"])
words = moments | st.text(max_size=30)


def examples(count: int) -> settings:
    """The same ones every time, and as long as they take."""
    return settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)


@pytest.fixture(scope="module")
def names(launch) -> dict[str, Any]:
    """A world to be written to, and what is in it."""
    world: Running = launch(*WORLD)
    jobs = [world.find(is_upcoming), world.find(is_in_the_past), world.find(lambda job: job["serviceJobStatus"] == "COMPLETED")]
    stores = world.control("GET", "health")["stores"]
    return {
        "world": world,
        "serviceJobId": [job["serviceJobId"] for job in jobs],
        "appointmentId": [job["appointments"][-1]["appointmentId"] for job in jobs],
        "resourceId": [store["store_id"] for store in stores],
        "reservationId": ["nothing"],
    }


@pytest.fixture(scope="module")
def schema(model: Path) -> Any:
    return schemathesis.openapi.from_path(model)


def send_what_the_model_describes(names: dict[str, Any], schema: Any, operation: Operation, count: int) -> None:
    """With the identifiers of things that exist in half of the requests."""
    world: Running = names["world"]

    @examples(count)
    @given(case=schema[operation.path][operation.method].as_strategy(), data=st.data())
    def run(case: schemathesis.Case, data: st.DataObject) -> None:
        for name in case.path_parameters or {}:
            if data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(names[name]))
        if case.query and "marketplaceIds" in case.query:
            case.query["marketplaceIds"] = data.draw(st.sampled_from([US, UK]))
        request = case.as_transport_kwargs(base_url=world.url)
        request["headers"] = dict(request["headers"]) | {"user-agent": "test/1"} | dict(world.session.headers)
        answer = world.session.request(**request, timeout=20)
        assert answer.status_code < 500, answer.text
        CONTRACT.check(answer)

    run()


def send_what_the_model_forbids(names: dict[str, Any], operation: Operation, count: int) -> None:
    """Bodies and queries of any shape, and times of any kind, to things that exist."""
    world: Running = names["world"]

    @examples(count)
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        path = operation.path.removeprefix("/service/v1/")
        for name in ("serviceJobId", "appointmentId", "resourceId", "reservationId"):
            path = path.replace(f"{{{name}}}", data.draw(st.sampled_from(names[name])))
        values = words | st.sampled_from([US, "5", "B07MOUNT01"])
        query = {name: data.draw(values) for name in operation.query["properties"] if data.draw(st.booleans())}
        options: dict[str, Any] = {"params": query}
        if "marketplaceIds" in operation.query["properties"]:
            query["marketplaceIds"] = US
        if operation.body:
            rules = operation.body["properties"].items()
            body = {name: data.draw(nearly(rule)) for name, rule in rules if data.draw(st.booleans())}
            options["json"] = data.draw(st.just(body) | anything)
        answer = world.call(operation.method, path, **options)
        assert answer.status_code < 500, answer.text

    run()


each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)


@each_operation
def test_requests_of_any_kind(names: dict[str, Any], schema: Any, operation: Operation) -> None:
    send_what_the_model_describes(names, schema, operation, 4)
    send_what_the_model_forbids(names, operation, 6)


@pytest.mark.soak
@each_operation
def test_many_requests_of_any_kind(names: dict[str, Any], schema: Any, operation: Operation) -> None:
    send_what_the_model_describes(names, schema, operation, 300)
    send_what_the_model_forbids(names, operation, 300)


def nearly(rule: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that fit a rule, nearly."""
    if rule["type"] == "object":
        inside = {name: nearly(inner) for name, inner in rule["properties"].items()}
        return st.fixed_dictionaries({}, optional=inside) | anything
    if rule["type"] == "array":
        return st.lists(nearly(rule["items"]), max_size=3)
    if rule["type"] == "string":
        return st.sampled_from(rule["enum"]) if "enum" in rule else words
    return st.integers(-10, 500) | st.just(10**12)


def test_many_clients_at_once_leave_one_consistent_world(names: dict[str, Any]) -> None:
    """Every reservation that was answered with success is there, once."""
    world, store = names["world"], names["resourceId"][0]
    made: list[str] = []

    def reserve() -> None:
        availability = {"startTime": "2026-12-01T18:00:00Z", "endTime": "2026-12-01T19:00:00Z"}
        body = {"resourceId": store, "reservation": {"type": "BREAK", "availability": availability}}
        for _ in range(5):
            payload = world.call("POST", "reservation", params={"marketplaceIds": US}, json=body).json()["payload"]
            if "errors" not in payload:
                made.append(payload["reservation"]["reservationId"])

    threads = [threading.Thread(target=reserve) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(made) == len(set(made)) > 0
    for reservation_id in made:
        assert world.call("DELETE", f"reservation/{reservation_id}", params={"marketplaceIds": US}).status_code == 204
