"""The static sandbox: every request that Amazon published is answered as published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from tests.sandbox.conftest import US


def published(model: Path) -> Iterator[tuple[str, str, dict[str, Any], int, Any]]:
    """Method, path, parameters by place, status and answer of each published case."""
    for path, methods in orjson.loads(model.read_bytes())["paths"].items():
        for method, operation in methods.items():
            if not isinstance(operation, dict):
                continue
            places = {each["name"]: each["in"] for each in operation["parameters"]}
            for status, response in operation["responses"].items():
                for case in response.get("x-amzn-api-sandbox", {}).get("static", []):
                    given: dict[str, Any] = {"path": {}, "query": {}, "body": {}}
                    for name, holder in case["request"].get("parameters", {}).items():
                        given[places[name]][name] = holder.get("value")
                        # One case holds its path parameter within the body's holder.
                        given["path"] |= {inner: each["value"] for inner, each in holder.items() if inner in places}
                    yield method.upper(), path, given, int(status), case.get("response")


def test_every_published_case_passes(launch, model: Path) -> None:
    sandbox = launch("--static", "--model", str(model), "--limits", "off")
    counted = 0
    for method, path, given, status, answer in published(model):
        for name in ("serviceJobId", "appointmentId", "resourceId", "reservationId"):
            path = path.replace(f"{{{name}}}", quote(given["path"].get(name, "any"), safe=""))
        body = {"json": given["body"]["body"]} if given["body"] else {}
        got = sandbox.session.request(method, sandbox.url + path, params={"marketplaceIds": US} | given["query"], **body)
        assert got.status_code == status, (method, path, given)
        assert (got.json() if got.content else None) == (answer if status != 204 else None), (method, path, given)
        counted += 1
    assert counted == 147


def test_other_requests_are_refused(launch, model: Path) -> None:
    sandbox = launch("--static", "--model", str(model))
    answer = sandbox.call("GET", "appointmentSlots", params={"marketplaceIds": US, "asin": "B000000000", "storeId": "s"})
    assert answer.status_code == 400
    assert answer.headers["x-amzn-RateLimit-Limit"] == "5.0"
    assert sandbox.control("GET", "health") == {"status": "ok", "static": True}
    with pytest.raises(Exception, match="400"):
        sandbox.control("GET", "truth")
