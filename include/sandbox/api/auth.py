"""Login with Amazon: exchanges refresh tokens for access tokens. An account is a refresh token of a client.

All credentials are accepted except a client secret that contains `wrong` (`invalid_client`) and a refresh token that contains
`revoked` or does not begin with `Atzr|` (`invalid_grant`). A refresh token that contains `norole` gets a 403 on every operation.
"""

import secrets
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl

from include.sandbox.api.errors import denied

LIFETIME_SECONDS = 3_600
FIELDS = ("grant_type", "refresh_token", "client_id", "client_secret")


@dataclass(slots=True)
class Grant:
    """What an access token allows, and until when (by the monotonic clock)."""

    account: str
    has_role: bool
    expires_at: float


class Auth:
    """Issues and checks access tokens."""

    def __init__(self) -> None:
        self.lifetime = LIFETIME_SECONDS
        self._grants: dict[str, Grant] = {}

    def exchange(self, content_type: str, body: bytes) -> tuple[int, dict[str, object]]:
        """Return status and body of `POST /auth/o2/token`."""
        if not content_type.startswith("application/x-www-form-urlencoded"):
            return _refused("invalid_request", "The Content-Type is not application/x-www-form-urlencoded")
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        missing = [field for field in FIELDS if not form.get(field)]
        if missing:
            return _refused("invalid_request", f"The request is missing a required parameter: {missing[0]}")
        if form["grant_type"] != "refresh_token":
            return _refused("unsupported_grant_type", "The authorization grant type is not supported")
        if "wrong" in form["client_secret"]:
            return _refused("invalid_client", "Client authentication failed", status=401)
        refresh_token = form["refresh_token"]
        if not refresh_token.startswith("Atzr|") or "revoked" in refresh_token:
            return _refused("invalid_grant", "The request has an invalid grant parameter : refresh_token")
        token = "Atza|" + secrets.token_urlsafe(48)
        account = f"{form['client_id']}:{refresh_token}"
        self._grants[token] = Grant(account, "norole" not in refresh_token, time.monotonic() + self.lifetime)
        answer = {"access_token": token, "refresh_token": refresh_token, "token_type": "bearer", "expires_in": self.lifetime}
        return 200, answer

    def account(self, token: str | None) -> str:
        """Return the account of an access token.

        Raises:
            ApiError: 403, the token is missing, unknown or expired, or lacks the role.
        """
        if not token:
            raise denied("Access token is missing in the request header.")
        grant = self._grants.get(token)
        if grant is None:
            raise denied("The access token you provided is revoked, malformed or invalid.")
        if time.monotonic() >= grant.expires_at:
            raise denied("The access token you provided has expired.")
        if not grant.has_role:
            raise denied("The application lacks the role Professional Services.")
        return grant.account

    def expire(self, token: str | None) -> None:
        """Make a token expire now."""
        if token in self._grants:
            self._grants[token].expires_at = 0


def _refused(error: str, description: str, status: int = 400) -> tuple[int, dict[str, object]]:
    return status, {"error": error, "error_description": description}
