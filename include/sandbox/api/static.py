"""Amazon's static sandbox: published requests get published answers, read from a copy of the model.

A request gets the answer of the case whose parameters it all contains; of several, the case with the most parameters.
"""

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
    """A published case. `parameters`: the values that a request must contain."""

    status: int
    parameters: dict[str, Any]
    answer: Any

    def matches(self, parameters: dict[str, Any]) -> bool:
        """Return whether a request with these parameters gets this answer."""
        return all(parameters.get(name) in (value, [value]) for name, value in self.parameters.items())


def read_cases(model: Path) -> dict[str, list[Case]]:
    """Read the published cases by operation.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no model of the Services API.
    """
    try:
        operations = [item for path in orjson.loads(model.read_bytes())["paths"].values() for item in path.values()]
        cases = {item["operationId"]: _cases(item) for item in operations if isinstance(item, dict)}
    except (KeyError, AttributeError, TypeError) as error:
        raise ValueError(f"no Swagger model with static sandbox cases ({error!r})") from error
    missing = BY_NAME.keys() - cases.keys()
    if missing:
        raise ValueError(f"the model lacks operations: {', '.join(sorted(missing))}")
    return cases


def _cases(operation: dict[str, Any]) -> list[Case]:
    cases = []
    for status, response in operation["responses"].items():
        for case in response.get("x-amzn-api-sandbox", {}).get("static", []):
            cases.append(Case(int(status), _values(case["request"].get("parameters", {})), case.get("response")))
    return cases


def _values(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the values by parameter; one published case has its resource identifier beside the value of the body."""
    values = {}
    for name, holder in parameters.items():
        values[name] = holder.get("value")
        values |= {key: item["value"] for key, item in holder.items() if isinstance(item, dict) and key != "value"}
    return values


async def answer(published: dict[str, list[Case]], operation: Operation, path: dict[str, str], request: Request) -> Response:
    """Return the answer of the matching case; raise a 400 if there is none."""
    query, _ = read_query(request.query, operation.query)
    parameters: dict[str, Any] = {name: unquote(value) for name, value in path.items()} | query
    parameters["body"] = _body(await request.body())
    cases = [case for case in published[operation.name] if case.matches(parameters)]
    if not cases:
        raise invalid("The request is none of the published sandbox requests.")
    case = max(cases, key=lambda case: len(case.parameters))
    return Response(204) if case.status == 204 else Response.json(case.status, case.answer)


def _body(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
