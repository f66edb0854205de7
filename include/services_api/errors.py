"""The errors of the client. Their messages name the operation, the connection, Amazon's message and its request id.

Transient errors (`retries.TRANSIENT`) are raised only after retries; all others are raised at once.
"""

from dataclasses import dataclass
from typing import TypedDict, Unpack

from include.privacy import words
from include.services_api.limits import REFUSAL_CHARACTERS


@dataclass(frozen=True)
class Refusal:
    """One entry of Amazon's error list, without personal data (see `include.privacy.words`) and truncated."""

    code: str = ""
    message: str = ""
    details: str = ""

    def __post_init__(self) -> None:
        for name, text in vars(self).items():
            value = words.cleaned(text)
            object.__setattr__(self, name, value)
            if len(value) > REFUSAL_CHARACTERS:
                object.__setattr__(self, name, f"{value[:REFUSAL_CHARACTERS]}...")

    def __str__(self) -> str:
        text = ": ".join(part for part in (self.code, self.message) if part)
        return f"{text} ({self.details})" if self.details else text


class ErrorContext(TypedDict, total=False):
    """Keyword arguments of every error: where it happened and what the response said.

    Attributes:
        operation: Name of the operation.
        account: Connection id.
        status: HTTP status, if there was a response.
        refusals: Amazon's error list.
        request_id: Amazon's id of the request.
        advice: What the reader can do about it; the default is that of the class.
        retry_after: Seconds that the response asks to wait.
    """

    operation: str
    account: str
    status: int | None
    refusals: tuple[Refusal, ...]
    request_id: str | None
    advice: str
    retry_after: float | None


class ServicesApiError(Exception):
    """Base class of all errors of this package.

    Args:
        problem: What happened, in one sentence.
        context: See `ErrorContext`; each is an attribute of the error.
    """

    advice = ""

    def __init__(self, problem: str, **context: Unpack[ErrorContext]):
        self.operation, self.account = context.get("operation", ""), context.get("account", "")
        self.status, self.request_id = context.get("status"), context.get("request_id")
        self.refusals, self.retry_after = context.get("refusals", ()), context.get("retry_after")
        self.advice = context.get("advice") or self.advice
        # it may quote a value of Amazon's
        problem = words.cleaned(problem)
        where = " ".join(part for part in (self.operation, self.account and f"(connection {self.account})") if part)
        reason = f" Amazon's message: {'; '.join(map(str, self.refusals))}." if self.refusals else ""
        request = f" Request id: {self.request_id}." if self.request_id else ""
        super().__init__(f"{where}: {problem}{reason}{request} {self.advice}".strip(": "))


class InvalidAccount(ServicesApiError, ValueError):
    """A field of a connection is missing or invalid."""


class InvalidParameter(ServicesApiError, ValueError):
    """A parameter does not conform to the API's model; nothing was sent."""


class BadRequest(ServicesApiError):
    """400: the request is malformed."""


class AccessDenied(ServicesApiError):
    """401 or 403, also with a new token."""

    advice = (
        'Check in Seller Central that the application still has the role "Professional Services" and that the seller has not '
        "revoked its authorization."
    )


class CredentialsRejected(AccessDenied):
    """Login with Amazon rejects the credentials, as with `invalid_grant` or `invalid_client`."""

    advice = (
        "Check login (LWA client id), password (LWA client secret) and refresh_token of the connection: secrets expire, and a "
        "seller can revoke the authorization."
    )


class NotFound(ServicesApiError):
    """404: the object does not exist for this seller."""


class Refused(ServicesApiError):
    """413, 415, 422, or 200 with errors: the request is valid, but was refused."""


class RateLimited(ServicesApiError):
    """429 on every attempt."""

    advice = "Another application may be using the same limit; run again later."


class ServiceUnavailable(ServicesApiError):
    """No usable response on any attempt: 5xx, no connection, a time-out, an unreadable body.

    Args:
        problem: What happened, in one sentence.
        may_have_arrived: Whether the request may have had an effect.
        context: Arguments of `ServicesApiError`.
    """

    advice = "Run again later; with the request id, Amazon's support can look the failure up."

    def __init__(self, problem: str, *, may_have_arrived: bool = True, **context: Unpack[ErrorContext]):
        super().__init__(problem, **context)
        self.may_have_arrived = may_have_arrived


class OversizedResponse(ServiceUnavailable):
    """A response that is larger or deeper than those of the Services API, see `limits`. It is retried once."""

    advice = "The Services API has no such responses: check endpoint and token_url of the connection, and any proxy in between."


class OutcomeUnknown(ServicesApiError):
    """A write was sent and had no usable response: it may have been carried out. It is not repeated."""


class ClockWrong(ServicesApiError):
    """The clock of this machine deviates too much from the API's; nothing is extracted."""

    advice = (
        "Set the clock of the machine (NTP: `timedatectl set-ntp true`, or chrony) and run the task again. Where the machine's "
        "clock is right, look for a proxy between it and the API that writes its own Date header."
    )


class BudgetUnavailable(ServicesApiError):
    """The shared rate budget is unavailable; nothing was sent."""

    advice = "Check SERVICES_RATE_BUDGET_URL, and that the folder or Redis server it names is available and writable."
