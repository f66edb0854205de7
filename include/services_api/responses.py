"""From an HTTP response to a `Response` or a typed error: whatever is not 2xx with the expected payload is a failure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import orjson
import requests

from include.privacy import words
from include.services_api import lenient_json, limits
from include.services_api.errors import (
    AccessDenied,
    BadRequest,
    NotFound,
    OversizedResponse,
    RateLimited,
    Refusal,
    Refused,
    ServicesApiError,
    ServiceUnavailable,
)
from include.services_api.nesting import is_too_deep
from include.services_api.operations import Operation

# what no retry mends
FINAL = {400: BadRequest, 401: AccessDenied, 403: AccessDenied, 404: NotFound, 413: Refused, 415: Refused, 422: Refused}

# what Amazon says where the trouble is its own, as with a 500 or 503
AMAZONS_OWN = {"InternalFailure", "ServiceUnavailable"}

# of a Retry-After in seconds: three years are as good as for ever
MOST_DIGITS = 8

WARNING_FIELDS = ("code", "message", "details", "errorLevel")

EXPECTED_TYPES = {"payload": dict, "capacities": list, "appointmentId": str}


@dataclass(frozen=True)
class Response:
    """A successful answer.

    `payload`: the object that `payload` held, or else the whole body.
    `warnings`: Amazon's warnings, wherever in the body: the fields of `WARNING_FIELDS`, as texts without personal data.
    `received_at`: by the API's clock, in UTC. `size`: bytes of the body.
    """

    payload: dict
    body: dict
    warnings: list[dict[str, str]]
    request_id: str | None
    received_at: datetime
    size: int

    @property
    def records(self) -> list[dict]:
        """The records of a body whose `payload` is a list, as that of `updateSchedule`."""
        payload = self.body.get("payload")
        return [record for record in payload if isinstance(record, dict)] if isinstance(payload, list) else []


def read(operation: Operation, account: str, response: requests.Response, received_at: datetime) -> Response:
    """:raises ServicesApiError: of the type that says what to do next."""
    try:
        return _read(operation, account, response, received_at)
    except ServicesApiError as error:
        # without the frames that hold the body: it would stay in memory while the call is repeated, and be shown with the locals
        raise error.with_traceback(None) from None


def _read(operation: Operation, account: str, response: requests.Response, received_at: datetime) -> Response:
    status, request_id = response.status_code, request_id_of(response)
    context = {"operation": operation.name, "account": account, "status": status, "request_id": request_id}
    body = _parse(response.content)
    if is_too_deep(response.content, body):
        raise OversizedResponse(f"HTTP {status}, and a body nested more than {limits.RESPONSE_DEPTH} deep.", **context)
    errors = body.get("errors") if isinstance(body, dict) else body
    errors = [one for one in errors or [] if isinstance(one, dict)] if isinstance(errors, list) else []
    if not 200 <= status < 300:
        raise _failure(status, errors, _retry_after(response, received_at), context)
    if not isinstance(body, dict):
        raise ServiceUnavailable(f"HTTP {status}, but the body of {len(response.content)} bytes cannot be read.", **context)
    refusals = [one for one in errors if one.get("errorLevel") != "WARNING"]
    if refusals:
        kind = ServiceUnavailable if all(str(one.get("code")) in AMAZONS_OWN for one in refusals) else Refused
        raise kind(f"refused, although with HTTP {status}.", refusals=_refusals(refusals), **context)
    if operation.expects and not isinstance(body.get(operation.expects), EXPECTED_TYPES[operation.expects]):
        raise ServiceUnavailable(f"HTTP {status}, but without {operation.expects!r}.", refusals=_refusals(errors), **context)
    has_payload = operation.expects in (None, "payload") and isinstance(body.get("payload"), dict)
    payload = body["payload"] if has_payload else body
    warnings = [*errors, *(_warnings(body) if _may_warn(response.content) else ())]
    return Response(payload, body, [*map(_warning, warnings)], request_id, received_at, len(response.content))


def request_id_of(response: requests.Response) -> str | None:
    """Amazon's id of a request, where the answer has one."""
    return words.identifier(response.headers.get("x-amzn-RequestId", ""))[: limits.REQUEST_ID_CHARACTERS] or None


def _parse(content: bytes) -> object:
    """The body: an object where there is none (204), None where it cannot be read."""
    try:
        return orjson.loads(content) if content.strip() else {}
    except ValueError:
        return lenient_json.read(content)


def _failure(status: int, errors: list[dict], retry_after: float | None, context: dict) -> ServicesApiError:
    context, problem = context | {"refusals": _refusals(errors)}, f"HTTP {status}."
    if (retry_after or 0) > limits.LONG_WAIT_SECONDS:
        problem = f"HTTP {status}, and Retry-After asks for a wait of {retry_after:,.0f} s."
    if status == 429:
        return RateLimited(problem, retry_after=retry_after, **context)
    if status in FINAL:
        return FINAL[status](problem, **context)
    return ServiceUnavailable(problem, retry_after=retry_after, **context)


def _refusals(errors: list[dict]) -> tuple[Refusal, ...]:
    few = errors[: limits.REFUSALS]
    return tuple(Refusal(*(str(one.get(key) or "") for key in ("code", "message", "details"))) for one in few)


def _warning(one: dict) -> dict[str, str]:
    return {name: words.cleaned(str(one[name])) for name in WARNING_FIELDS if one.get(name) is not None}


def _may_warn(content: bytes) -> bool:
    """Whether a key may be `warnings`, also one spelled with escapes: to look at every depth takes longer than to parse."""
    return b'"warnings"' in content or b"\\u" in content


def _warnings(value: object) -> Iterator[dict]:
    """Every `warnings` list, at whatever depth: the model has them on the body, in the payload and on its records."""
    if isinstance(value, list):
        for item in value:
            yield from _warnings(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == "warnings" and isinstance(inner, list):
                yield from (one for one in inner if isinstance(one, dict))
            else:
                yield from _warnings(inner)


def _retry_after(response: requests.Response, received_at: datetime) -> float | None:
    """Seconds, from a number or a date."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text[:MOST_DIGITS])
    try:
        return max(0.0, (parsedate_to_datetime(text) - received_at).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
