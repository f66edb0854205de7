"""Login with Amazon: a refresh token is exchanged for an access token, which travels in a header of each request.

The token is renewed before it expires, or when the API no longer takes it, once for all threads that share a client.
"""

import math
import threading
import time

import orjson
import requests
from requests.auth import AuthBase

from include.services_api import limits, wire
from include.services_api.account import Account, Secret
from include.services_api.clock import ApiClock
from include.services_api.errors import CredentialsRejected, Refusal, ServicesApiError, ServiceUnavailable
from include.services_api.responses import request_id_of

HEADER = "x-amz-access-token"
OPERATION = "Login with Amazon"
# of a lifetime of an hour: nothing that is sent now arrives with a token that has just expired
RENEW_BEFORE_SECONDS = 300


class LwaAuth(AuthBase):
    """Signs requests of one account. Thread-safe.

    :raises CredentialsRejected: Login with Amazon refuses the credentials.
    :raises ServiceUnavailable: it cannot be reached, or does not make sense.
    """

    def __init__(self, account: Account, clock: ApiClock):
        self._account, self._clock = account, clock
        self._session = wire.session(limits.SMALL_RESPONSE_BYTES)
        self._token: Secret | None = None
        self._renew_at = 0.0
        self._failure: ServicesApiError | None = None
        self._failed_at = 0.0
        self._lock = threading.Lock()

    def close(self) -> None:
        self._session.close()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        asked_at = time.monotonic()
        with self._lock:
            self._ensure(asked_at)
            request.headers[HEADER] = self._token
        return request

    def sign_in(self) -> None:
        """Get a token, unless there is one that is still good."""
        asked_at = time.monotonic()
        with self._lock:
            self._ensure(asked_at)

    def _ensure(self, asked_at: float) -> None:
        if self._token is None or time.monotonic() >= self._renew_at:
            self._renew(asked_at)

    def renew(self, refused: requests.PreparedRequest) -> None:
        """The API refused the token of this request: get another, unless another thread already has."""
        asked_at = time.monotonic()
        with self._lock:
            if refused.headers.get(HEADER) == self._token:
                self._renew(asked_at)

    def _renew(self, asked_at: float) -> None:
        # what has failed since this thread asked need not fail for each of the threads, one after the other
        if self._failure is None or self._failed_at < asked_at:
            try:
                self._login()
            except ServicesApiError as error:
                self._failure, self._failed_at = error, time.monotonic()
            else:
                self._failure = None
        if self._failure is not None:
            raise self._failure.with_traceback(None)

    def _login(self) -> None:
        answer = self._exchange()
        granted = _granted(answer)
        if not granted:
            raise self._refused(answer)
        self._token, lifetime = granted
        # a short-lived token is used for half its life
        self._renew_at = time.monotonic() + max(lifetime - RENEW_BEFORE_SECONDS, lifetime / 2)

    def _exchange(self) -> requests.Response:
        account = self._account
        form = {
            "grant_type": "refresh_token",
            "refresh_token": account.refresh_token,
            "client_id": account.client_id,
            "client_secret": account.client_secret,
        }
        try:
            sent = time.monotonic()
            answer = self._session.post(
                account.lwa_url, data=form, timeout=(limits.CONNECT_SECONDS, limits.LOGIN_SECONDS), allow_redirects=False
            )
        except wire.FAILURES as error:
            unavailable = wire.failure(error, operation=OPERATION, account=account.name)
            # without a token, the request that needs one has not been sent
            unavailable.may_have_arrived = False
        else:
            self._clock.hear(answer.headers, sent)
            return answer
        # out here, without its cause: that holds the request, and the request holds the secrets
        raise unavailable

    def _refused(self, answer: requests.Response) -> ServicesApiError:
        status, refusal = answer.status_code, _refusal(answer, self._account)
        context = {
            "operation": OPERATION, "account": self._account.name, "status": status,
            "refusals": (refusal,) if refusal else (), "request_id": request_id_of(answer),
        }  # fmt: skip
        if refusal and status in (400, 401, 403):
            return CredentialsRejected(f"HTTP {status}.", **context)
        return ServiceUnavailable(f"HTTP {status}, without a usable access token.", may_have_arrived=False, **context)


# Bodies are read in functions that raise nothing: no traceback with locals shows what they hold.


def _granted(answer: requests.Response) -> tuple[Secret, float] | None:
    body = _object(answer)
    token, lifetime = body.get("access_token"), _seconds(body.get("expires_in"))
    # a header takes no other characters
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or " " in token:
        return None
    if not 200 <= answer.status_code < 300 or not 0 < len(token) <= limits.TOKEN_CHARACTERS or lifetime is None:
        return None
    return Secret(token), lifetime


def _seconds(value: object) -> float | None:
    """A lifetime, at most an hour; None where it is no number of seconds."""
    try:
        seconds = math.nan if isinstance(value, bool) else float(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(seconds, limits.TOKEN_LIFETIME_SECONDS) if seconds >= 0 else None


def _refusal(answer: requests.Response, account: Account) -> Refusal | None:
    body = _object(answer)
    error, description = body.get("error"), body.get("error_description")
    if not isinstance(error, str) or not error:
        return None
    return Refusal(account.without_secrets(error), account.without_secrets(description) if isinstance(description, str) else "")


def _object(answer: requests.Response) -> dict:
    try:
        body = orjson.loads(answer.content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
