"""What can go wrong, as types. Every error of a call names the operation, the connection, Amazon's words and its request id.

Passing errors (`RateLimited`, `ServiceUnavailable`) have been retried before anyone sees them; all others are final.
"""

from dataclasses import dataclass

from include.privacy import words
from include.services_api.limits import REFUSAL_CHARACTERS


@dataclass(frozen=True)
class Refusal:
    """One entry of Amazon's error list, without personal data (`include.privacy.words`); long texts are cut."""

    code: str = ""
    message: str = ""
    details: str = ""

    def __post_init__(self) -> None:
        for name, said in vars(self).items():
            value = words.cleaned(said)
            object.__setattr__(self, name, value)
            if len(value) > REFUSAL_CHARACTERS:
                object.__setattr__(self, name, f"{value[:REFUSAL_CHARACTERS]}...")

    def __str__(self) -> str:
        text = ": ".join(part for part in (self.code, self.message) if part)
        return f"{text} ({self.details})" if self.details else text


class ServicesApiError(Exception):
    """Base of all errors of this package.

    :param problem: what happened, in one sentence.
    :param advice: what the reader can do about it.
    """

    advice = ""

    def __init__(
        self,
        problem: str,
        *,
        operation: str = "",
        account: str = "",
        status: int | None = None,
        refusals: tuple[Refusal, ...] = (),
        request_id: str | None = None,
        advice: str = "",
    ):
        self.operation, self.account, self.status = operation, account, status
        self.refusals, self.request_id = refusals, request_id
        # a value that it quotes may be Amazon's
        problem = words.cleaned(problem)
        where = " ".join(part for part in (operation, account and f"(connection {account})") if part)
        said = f" Amazon said: {'; '.join(map(str, refusals))}." if refusals else ""
        traced = f" Request id: {request_id}." if request_id else ""
        hint = advice or self.advice
        super().__init__(f"{where}: {problem}{said}{traced} {hint}".strip(": "))

    @property
    def code(self) -> str:
        return self.refusals[0].code if self.refusals else ""

    @property
    def message(self) -> str:
        return self.refusals[0].message if self.refusals else ""

    @property
    def details(self) -> str:
        return self.refusals[0].details if self.refusals else ""


class InvalidAccount(ServicesApiError, ValueError):
    """A connection lacks a field or holds one that cannot be used."""


class InvalidParameter(ServicesApiError, ValueError):
    """A parameter breaks the API's model; nothing was sent."""


class BadRequest(ServicesApiError):
    """400: Amazon does not understand the request."""


class AccessDenied(ServicesApiError):
    """401 or 403 with a fresh token."""

    advice = (
        'Check in Seller Central that the application still has the role "Professional Services" and that the seller has not '
        "revoked its authorization."
    )


class CredentialsRejected(AccessDenied):
    """Login with Amazon refuses the credentials: `invalid_grant`, `invalid_client` and their like."""

    advice = (
        "Check login (LWA client id), password (LWA client secret) and refresh_token of the connection: secrets expire, and a "
        "seller can revoke the authorization."
    )


class NotFound(ServicesApiError):
    """404: no such thing for this seller."""


class Refused(ServicesApiError):
    """413, 415, 422, or a 200 with errors: understood, and refused."""


class RateLimited(ServicesApiError):
    """429 on every attempt."""

    advice = "Another application may be using the same limit; run again later."

    def __init__(self, problem: str, *, retry_after: float | None = None, **context):
        super().__init__(problem, **context)
        self.retry_after = retry_after


class ServiceUnavailable(ServicesApiError):
    """No usable answer on any attempt: 5xx, no connection, a time-out, an unreadable body.

    :param may_have_arrived: whether the request can have had an effect.
    """

    advice = "Run again later; with the request id, Amazon's support can look the failure up."

    def __init__(self, problem: str, *, may_have_arrived: bool = True, retry_after: float | None = None, **context):
        super().__init__(problem, **context)
        self.may_have_arrived, self.retry_after = may_have_arrived, retry_after


class OversizedResponse(ServiceUnavailable):
    """An answer larger or deeper than any of the Services API's, see `limits`. It is asked for once more, and not again."""

    advice = (
        "The Services API does not answer like this: check endpoint and token_url of the connection, and any proxy in between."
    )


class OutcomeUnknown(ServicesApiError):
    """A write was sent and no usable answer came: it may have been carried out. It is not repeated."""


class ClockWrong(ServicesApiError):
    """The clock of this machine is too far from the API's: nothing is extracted by it."""

    advice = (
        "Set the clock of the machine (NTP: `timedatectl set-ntp true`, or chrony) and run the task again. Where the machine's "
        "clock is right, look for a proxy between it and the API that writes a Date header of its own."
    )


class BudgetUnavailable(ServicesApiError):
    """The shared rate budget cannot be reached; nothing was sent."""

    advice = "Check SERVICES_RATE_BUDGET_URL, and that what it names is up and can be written."
