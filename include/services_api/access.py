"""Login with Amazon: a refresh token is exchanged for an access token, which travels in a header of each request.

The token is renewed before it expires, or when the API no longer takes it, once for all threads that share a client.
"""

import threading
import time

import orjson
import requests
from requests.auth import AuthBase

from include.services_api.account import Account, Secret
from include.services_api.errors import CredentialsRejected, Refusal, ServicesApiError, ServiceUnavailable

HEADER = "x-amz-access-token"
OPERATION = "Login with Amazon"
# of a lifetime of an hour: nothing that is sent now arrives with a token that has just expired
RENEW_BEFORE_SECONDS = 300
TIMEOUT_SECONDS = (10, 30)


class LwaAuth(AuthBase):
    """Signs requests of one account. Thread-safe.

    :raises CredentialsRejected: Login with Amazon refuses the credentials.
    :raises ServiceUnavailable: it cannot be reached, or does not make sense.
    """

    def __init__(self, account: Account):
        self._account = account
        self._token: Secret | None = None
        self._renew_at = 0.0
        self._lock = threading.Lock()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        with self._lock:
            if self._token is None or time.monotonic() >= self._renew_at:
                self._renew()
            request.headers[HEADER] = self._token
        return request

    def renew(self, refused: requests.PreparedRequest) -> None:
        """The API refused the token of this request: get another, unless another thread already has."""
        with self._lock:
            if refused.headers.get(HEADER) == self._token:
                self._renew()

    def _renew(self) -> None:
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
            return requests.post(account.lwa_url, data=form, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        except requests.RequestException as error:
            # the error holds the request, and the request holds the secrets
            problem = f"{account.lwa_url} cannot be reached ({type(error).__name__})."
        raise self._unavailable(problem)

    def _refused(self, answer: requests.Response) -> ServicesApiError:
        status, refusal = answer.status_code, _refusal(answer)
        if refusal and status in (400, 401, 403):
            return CredentialsRejected(
                f"HTTP {status}.", operation=OPERATION, account=self._account.name,
                status=status, refusals=(refusal,), request_id=answer.headers.get("x-amzn-RequestId"),
            )  # fmt: skip
        return self._unavailable(f"HTTP {status}, {refusal or 'without an access token'}.")

    def _unavailable(self, problem: str) -> ServiceUnavailable:
        return ServiceUnavailable(problem, may_have_arrived=False, operation=OPERATION, account=self._account.name)


# Bodies are read in functions that raise nothing: no traceback with locals shows what they hold.


def _granted(answer: requests.Response) -> tuple[Secret, float] | None:
    try:
        body = orjson.loads(answer.content)
        return Secret(body["access_token"]), float(body["expires_in"])
    except (ValueError, TypeError, KeyError):
        return None


def _refusal(answer: requests.Response) -> Refusal | None:
    try:
        body = orjson.loads(answer.content)
        return Refusal(str(body["error"]), str(body.get("error_description", "")))
    except (ValueError, TypeError, KeyError):
        return None
