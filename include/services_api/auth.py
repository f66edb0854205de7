"""Login with Amazon: exchanges a refresh token for an access token, which each request sends in a header.

The token is renewed before it expires or when the API rejects it, once for all threads that share a client.
"""

import threading
import time

import orjson
import requests
from requests.auth import AuthBase

from include.services_api import limits, wire
from include.services_api.account import Account, Secret
from include.services_api.clock import ApiClock
from include.services_api.errors import CredentialsRejected, ErrorContext, Refusal, ServicesApiError, ServiceUnavailable
from include.services_api.responses import request_id_of

HEADER = "x-amz-access-token"
OPERATION = "Login with Amazon"
# a token lives for an hour; renewed early, it does not expire while a request is on its way
RENEW_BEFORE_SECONDS = 300


class LwaAuth(AuthBase):
    """Signs the requests of one account. Thread-safe.

    Raises:
        CredentialsRejected: Login with Amazon rejects the credentials.
        ServiceUnavailable: Login with Amazon cannot be reached, or its response has no usable token.
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
        """Close the connections to Login with Amazon."""
        self._session.close()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the access token to a request."""
        request.headers[HEADER] = self.sign_in()
        return request

    def sign_in(self) -> Secret:
        """Return the access token, requesting one if there is none or it is about to expire."""
        started = time.monotonic()
        with self._lock:
            if self._token is None or time.monotonic() >= self._renew_at:
                return self._renew(started)
            return self._token

    def renew(self, rejected: requests.PreparedRequest) -> None:
        """Replace the token of a request that the API rejected, unless another thread has replaced it already."""
        started = time.monotonic()
        with self._lock:
            if rejected.headers.get(HEADER) == self._token:
                self._renew(started)

    def _renew(self, started: float) -> Secret:
        # threads that waited for a login that failed share its error instead of failing one after the other
        if self._failure is None or self._failed_at < started:
            try:
                self._token, self._failure = self._login(), None
            except ServicesApiError as error:
                self._failure, self._failed_at = error, time.monotonic()
        if self._failure is not None:
            raise self._failure.with_traceback(None)
        assert self._token is not None
        return self._token

    def _login(self) -> Secret:
        response = self._exchange()
        granted = _granted(response)
        if not granted:
            raise self._rejected(response)
        token, lifetime = granted
        # a token with a short lifetime is used for half of it
        self._renew_at = time.monotonic() + max(lifetime - RENEW_BEFORE_SECONDS, lifetime / 2)
        return token

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
            response = self._session.post(
                account.lwa_url, data=form, timeout=(limits.CONNECT_SECONDS, limits.LOGIN_SECONDS), allow_redirects=False
            )
        except wire.FAILURES as error:
            unavailable = wire.failure(error, operation=OPERATION, account=account.name)
            # the request that needs the token has not been sent
            unavailable.may_have_arrived = False
        else:
            self._clock.update(response.headers, sent)
            return response
        # raised outside of the except clause, without its cause: that references the request, which contains the secrets
        raise unavailable

    def _rejected(self, response: requests.Response) -> ServicesApiError:
        status, refusal = response.status_code, _refusal(response, self._account)
        context: ErrorContext = {
            "operation": OPERATION, "account": self._account.name, "status": status,
            "refusals": (refusal,) if refusal else (), "request_id": request_id_of(response),
        }  # fmt: skip
        if refusal and status in (400, 401, 403):
            return CredentialsRejected(f"HTTP {status}.", **context)
        return ServiceUnavailable(f"HTTP {status}, without a usable access token.", may_have_arrived=False, **context)


# These functions read the body and do not raise: a traceback with local variables would show its secrets.


def _granted(response: requests.Response) -> tuple[Secret, float] | None:
    """Token and lifetime in seconds."""
    body = _object(response)
    token, lifetime = body.get("access_token"), _seconds(body.get("expires_in"))
    # other characters are not allowed in a header
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or " " in token:
        return None
    if not 200 <= response.status_code < 300 or not 0 < len(token) <= limits.TOKEN_CHARACTERS or lifetime is None:
        return None
    return Secret(token), lifetime


def _seconds(value: object) -> float | None:
    """The lifetime of a token, at most an hour; None if it is not a number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return min(seconds, limits.TOKEN_LIFETIME_SECONDS) if seconds >= 0 else None


def _refusal(response: requests.Response, account: Account) -> Refusal | None:
    body = _object(response)
    error, description = body.get("error"), body.get("error_description")
    if not isinstance(error, str) or not error:
        return None
    return Refusal(account.without_secrets(error), account.without_secrets(description) if isinstance(description, str) else "")


def _object(response: requests.Response) -> dict:
    try:
        body = orjson.loads(response.content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
