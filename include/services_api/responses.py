"""Turns an HTTP response into a `Response` or a typed error.

Everything except a 2xx with the expected payload is a failure.
"""

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
    ErrorContext,
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

# all others are a `ServiceUnavailable`
ERRORS = {
    400: BadRequest, 401: AccessDenied, 403: AccessDenied, 404: NotFound, 413: Refused, 415: Refused, 422: Refused,
    429: RateLimited,
}  # fmt: skip

# codes in the body of a 2xx that mean the same as a 500 or 503
TRANSIENT_CODES = {"InternalFailure", "ServiceUnavailable"}

# of a Retry-After in seconds, about three years
MOST_DIGITS = 8

WARNING_FIELDS = ("code", "message", "details", "errorLevel")

EXPECTED_TYPES = {"payload": dict, "capacities": list, "appointmentId": str}


@dataclass(frozen=True)
class Response:
    """A successful response.

    Attributes:
        payload: The object in the body's `payload`, or the whole body if there is none.
        body: The whole body.
        warnings: Amazon's warnings anywhere in the body, with the fields `WARNING_FIELDS`, as texts without personal data.
        request_id: Amazon's id of the request.
        received_at: Time by the API's clock, in UTC.
        size: Bytes of the body.
    """

    payload: dict
    body: dict
    warnings: list[dict[str, str]]
    request_id: str | None
    received_at: datetime
    size: int

    @property
    def records(self) -> list[dict]:
        """The objects of a `payload` that is a list, as that of `updateSchedule`."""
        payload = self.body.get("payload")
        return [record for record in payload if isinstance(record, dict)] if isinstance(payload, list) else []


def read(operation: Operation, account: str, response: requests.Response, received_at: datetime) -> Response:
    """Read a response.

    Raises:
        ServicesApiError: The response is not a success; the type tells the reason.
    """
    try:
        return _read(operation, account, response, received_at)
    except ServicesApiError as error:
        # the frames of the traceback reference the body, which would stay in memory during retries and appear in dumps of locals
        raise error.with_traceback(None) from None


def _read(operation: Operation, account: str, response: requests.Response, received_at: datetime) -> Response:
    status, request_id = response.status_code, request_id_of(response)
    context: ErrorContext = {"operation": operation.name, "account": account, "status": status, "request_id": request_id}
    body = _parse(response.content)
    if is_too_deep(response.content, body):
        raise OversizedResponse(f"HTTP {status}, and a body nested more than {limits.RESPONSE_DEPTH} deep.", **context)
    listed = body.get("errors") if isinstance(body, dict) else body
    errors = [error for error in listed if isinstance(error, dict)] if isinstance(listed, list) else []
    if not 200 <= status < 300:
        raise _failure(status, errors, _retry_after(response, received_at), context)
    if not isinstance(body, dict):
        raise ServiceUnavailable(f"HTTP {status}, but the body of {len(response.content)} bytes cannot be read.", **context)
    failures = [error for error in errors if error.get("errorLevel") != "WARNING"]
    if failures:
        is_transient = all(str(failure.get("code")) in TRANSIENT_CODES for failure in failures)
        failure_type = ServiceUnavailable if is_transient else Refused
        raise failure_type(f"HTTP {status}, but with errors.", **context | {"refusals": _refusals(failures)})
    if operation.expects and not isinstance(body.get(operation.expects), EXPECTED_TYPES[operation.expects]):
        problem = f"HTTP {status}, but without {operation.expects!r}."
        raise ServiceUnavailable(problem, **context | {"refusals": _refusals(errors)})
    has_payload = operation.expects in (None, "payload") and isinstance(body.get("payload"), dict)
    payload = body["payload"] if has_payload else body
    warnings = [*errors, *(_warnings(body) if _may_warn(response.content) else ())]
    return Response(payload, body, [*map(_warning, warnings)], request_id, received_at, len(response.content))


def request_id_of(response: requests.Response) -> str | None:
    """Amazon's id of the request, if the response has one."""
    return words.identifier(response.headers.get("x-amzn-RequestId", ""))[: limits.REQUEST_ID_CHARACTERS] or None


def _parse(content: bytes) -> object:
    """The parsed body: an empty object if there is none (204), None if it is not JSON."""
    try:
        return orjson.loads(content) if content.strip() else {}
    except ValueError:
        return lenient_json.read(content)


def _failure(status: int, errors: list[dict], retry_after: float | None, context: ErrorContext) -> ServicesApiError:
    problem = f"HTTP {status}."
    if retry_after and retry_after > limits.LONG_WAIT_SECONDS:
        problem = f"HTTP {status}, and Retry-After asks for a wait of {retry_after:,.0f} s."
    error_type = ERRORS.get(status, ServiceUnavailable)
    return error_type(problem, **context | {"refusals": _refusals(errors), "retry_after": retry_after})


def _refusals(errors: list[dict]) -> tuple[Refusal, ...]:
    fields = ("code", "message", "details")
    return tuple(Refusal(*(str(error.get(field) or "") for field in fields)) for error in errors[: limits.REFUSALS])


def _warning(warning: dict) -> dict[str, str]:
    return {name: words.cleaned(str(warning[name])) for name in WARNING_FIELDS if warning.get(name) is not None}


def _may_warn(content: bytes) -> bool:
    """Whether there may be a key `warnings`, also with escapes. A search at every level takes longer than parsing."""
    return b'"warnings"' in content or b"\\u" in content


def _warnings(value: object) -> Iterator[dict]:
    """The items of every `warnings` list: the model has them in the body, in the payload and in its records."""
    if isinstance(value, list):
        for item in value:
            yield from _warnings(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == "warnings" and isinstance(inner, list):
                yield from (warning for warning in inner if isinstance(warning, dict))
            else:
                yield from _warnings(inner)


def _retry_after(response: requests.Response, received_at: datetime) -> float | None:
    """Seconds, from a header that is a number or a date."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text[:MOST_DIGITS])
    try:
        return max(0.0, (parsedate_to_datetime(text) - received_at).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
