"""Who is calling and where to: one seller's credentials, made from one connection, checked when they are made."""

import re
from dataclasses import dataclass, field

from include.services_api.errors import InvalidAccount

REGIONS = ("na", "eu", "fe")
TOKEN_URL = "https://api.amazon.com/auth/o2/token"
# where a person finds the field in the connection
PLACES = {"client_id": "login", "client_secret": "password"}
LISTS = ("marketplace_ids", "store_ids", "asins", "resource_ids")


class Secret(str):
    """A text that no repr, and so no traceback with locals and no dump of an object, shows."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


@dataclass(frozen=True)
class Account:
    """One seller's access to the API. `name` is the connection id, and the column `account` of every table.

    :raises InvalidAccount: names the connection and the field.
    """

    name: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    region: str = "na"
    marketplace_ids: tuple[str, ...] = ()
    endpoint: str | None = None
    token_url: str | None = None
    sandbox: bool = False
    store_ids: tuple[str, ...] = ()
    asins: tuple[str, ...] = ()
    resource_ids: tuple[str, ...] = ()

    def __post_init__(self):
        for name in ("name", "client_id", "client_secret", "refresh_token"):
            value = getattr(self, name)
            if not isinstance(value, str) or not value.strip():
                self._refuse(name, "is missing")
        if self.region not in REGIONS:
            self._refuse("region", f"should be one of {', '.join(REGIONS)}, but is {self.region!r}")
        for name in LISTS:
            object.__setattr__(self, name, self._texts(name))
        for marketplace_id in self.marketplace_ids:
            if not re.fullmatch("[A-Z0-9]+", marketplace_id):
                self._refuse("marketplace_ids", f"holds {marketplace_id!r}, which is no marketplace id such as ATVPDKIKX0DER")
        for name in ("endpoint", "token_url"):
            self._check_url(name)
        if not isinstance(self.sandbox, bool):
            self._refuse("sandbox", f"should be true or false, but is {self.sandbox!r}")
        for name in ("client_secret", "refresh_token"):
            object.__setattr__(self, name, Secret(getattr(self, name).strip()))
        object.__setattr__(self, "client_id", self.client_id.strip())

    @property
    def base_url(self) -> str:
        """Scheme and host of all operations, without a slash at the end."""
        prefix = "sandbox." if self.sandbox else ""
        return (self.endpoint or f"https://{prefix}sellingpartnerapi-{self.region}.amazon.com").rstrip("/")

    @property
    def lwa_url(self) -> str:
        return self.token_url or TOKEN_URL

    def _texts(self, name: str) -> tuple[str, ...]:
        values = getattr(self, name)
        if not isinstance(values, list | tuple) or not all(isinstance(value, str) and value.strip() for value in values):
            self._refuse(name, "should be a list of texts that are not empty")
        return tuple(dict.fromkeys(value.strip() for value in values))

    def _check_url(self, name: str) -> None:
        url = getattr(self, name)
        if url is not None and not re.match("https?://[^/]", str(url)):
            self._refuse(name, f"should be a URL such as https://host or http://127.0.0.1:8765, but is {url!r}")

    def _refuse(self, name: str, problem: str) -> None:
        place = PLACES.get(name, name)
        where = "" if name in ("name", *PLACES) else " of its extra"
        raise InvalidAccount(f"the field {place}{where} {problem}.", account=str(self.name or "?"))
