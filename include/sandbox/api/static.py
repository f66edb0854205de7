"""Amazon's own sandbox: published requests get published answers, read from a copy of the model.

A request is answered by the published case whose every parameter it repeats; the case that names most of them wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import orjson

from include.sandbox.api.errors import invalid
from include.sandbox.api.http import Request, Response
from include.sandbox.api.operations import BY_NAME, Operation
from include.sandbox.api.rules import read_query

LIMIT = (5, 15)


@dataclass(frozen=True, slots=True)
class Case:
    """`parameters`: the value of each that the request has to repeat."""

    status: int
    parameters: dict[str, Any]
    answer: Any

    def is_repeated_by(self, given: dict[str, Any]) -> bool:
        return all(given.get(name) in (value, [value]) for name, value in self.parameters.items())


def read_cases(model: Path) -> dict[str, list[Case]]:
    """Published cases by operation. Raises OSError or ValueError where the file is no model of the Services API."""
    try:
        operations = [each for path in orjson.loads(model.read_bytes())["paths"].values() for each in path.values()]
        cases = {each["operationId"]: _cases(each) for each in operations if isinstance(each, dict)}
    except (KeyError, AttributeError, TypeError) as error:
        raise ValueError(f"no Swagger model with static sandbox cases ({error!r})") from error
    missing = BY_NAME.keys() - cases.keys()
    if missing:
        raise ValueError(f"the model lacks operations: {', '.join(sorted(missing))}")
    return cases


def _cases(operation: dict[str, Any]) -> list[Case]:
    found = []
    for status, response in operation["responses"].items():
        for case in response.get("x-amzn-api-sandbox", {}).get("static", []):
            found.append(Case(int(status), _values(case["request"].get("parameters", {})), case.get("response")))
    return found


def _values(parameters: dict[str, Any]) -> dict[str, Any]:
    """By name; one published case writes its resource identifier into the holder of the body."""
    values = {}
    for name, holder in parameters.items():
        values[name] = holder.get("value")
        values |= {inner: each["value"] for inner, each in holder.items() if isinstance(each, dict) and inner != "value"}
    return values


class StaticSandbox:
    def __init__(self, cases: dict[str, list[Case]]) -> None:
        self.cases = cases

    async def answer(self, operation: Operation, path: dict[str, str], request: Request) -> Response:
        query, _ = read_query(request.query, operation.query)
        given: dict[str, Any] = {name: unquote(value) for name, value in path.items()} | query
        given["body"] = _body(await request.body())
        repeated = [case for case in self.cases[operation.name] if case.is_repeated_by(given)]
        if not repeated:
            raise invalid("The request is none of the published sandbox requests.")
        case = max(repeated, key=lambda each: len(each.parameters))
        return Response(204) if case.status == 204 else Response.json(case.status, case.answer)


def _body(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
