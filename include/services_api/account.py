"""Who is calling and where to: one seller's credentials, made from one connection, checked when they are made."""

import re
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus, urlsplit

from include.services_api.errors import InvalidAccount

REGIONS = ("na", "eu", "fe")
TOKEN_URL = "https://api.amazon.com/auth/o2/token"
# where a person finds the field in the connection
PLACES = {"client_id": "login", "client_secret": "password"}
LISTS = ("marketplace_ids", "store_ids", "asins", "resource_ids")
CREDENTIALS = ("client_id", "client_secret", "refresh_token")
# Login with Amazon's are some hundred characters long
LONGEST_CREDENTIAL = 4_096
# the API takes no longer one
LONGEST_ID = 100
HOST = r"(?!.*\.\.)\w([\w.-]*\w)?\.?"
URL_EXAMPLES = "such as https://host or http://127.0.0.1:8765"


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
        if not isinstance(self.name, str) or not self.name.strip() or not self.name.isprintable():
            self._refuse("name", "should be a text of characters that can be printed")
        for name in CREDENTIALS:
            # their values are looked at in functions that raise nothing: no traceback with locals shows them
            if problem := _credential_problem(getattr(self, name)):
                self._refuse(name, problem)
            object.__setattr__(self, name, Secret(getattr(self, name).strip()))
        if self.region not in REGIONS:
            self._refuse("region", f"should be one of {', '.join(REGIONS)}, but is {self._shown(self.region)}")
        for name in LISTS:
            object.__setattr__(self, name, self._texts(name))
        for marketplace_id in self.marketplace_ids:
            if not re.fullmatch("[A-Z0-9]+", marketplace_id):
                problem = f"holds {self._shown(marketplace_id)}, which is no marketplace id such as ATVPDKIKX0DER"
                self._refuse("marketplace_ids", problem)
        for name in ("endpoint", "token_url"):
            if getattr(self, name) is not None and (problem := _url_problem(getattr(self, name))):
                self._refuse(name, f"should be a URL {URL_EXAMPLES}, but {problem}")
        if not isinstance(self.sandbox, bool):
            self._refuse("sandbox", f"should be true or false, but is {self._shown(self.sandbox)}")
        object.__setattr__(self, "client_id", str(self.client_id))

    @property
    def base_url(self) -> str:
        """Scheme and host of all operations, without a slash at the end."""
        prefix = "sandbox." if self.sandbox else ""
        return (self.endpoint or f"https://{prefix}sellingpartnerapi-{self.region}.amazon.com").rstrip("/")

    @property
    def lwa_url(self) -> str:
        return self.token_url or TOKEN_URL

    def without_secrets(self, text: object) -> str:
        """A text of Login with Amazon, in which a secret that it repeats is hidden."""
        result = str(text)
        for secret in (str(self.client_secret), str(self.refresh_token)):
            for form in (secret, repr(secret)[1:-1], quote(secret, errors="replace"), quote_plus(secret, errors="replace")):
                result = result.replace(form, "***")
        return result

    def _texts(self, name: str) -> tuple[str, ...]:
        values = getattr(self, name)
        if not isinstance(values, list | tuple):
            self._refuse(name, f"should be a list of texts, but is {self._shown(values)}")
        for place, value in enumerate(values, start=1):
            if not isinstance(value, str):
                self._refuse(name, f"should be a list of texts, but value {place} is {self._shown(value)}")
            if not 1 <= len(value.strip()) <= LONGEST_ID or not value.strip().isprintable():
                problem = f"value {place} is empty, longer than {LONGEST_ID} characters, or holds some that cannot be printed"
                self._refuse(name, f"should be a list of texts that are not empty, but {problem}")
        return tuple(dict.fromkeys(value.strip() for value in values))

    def _shown(self, value: object) -> str:
        """A value as an error may show it: a secret can have come into any field."""
        if value is None or isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str):
            is_secret = any(one in value or value in one for one in (self.client_secret, self.refresh_token) if len(value) > 3)
            return repr(value) if re.fullmatch(r"[\w .-]{0,20}", value, re.ASCII) and not is_secret else "another text"
        kinds = {int: "a number", float: "a number", dict: "an object", list: "a list", tuple: "a list"}
        return kinds.get(type(value), "of another type")

    def _refuse(self, name: str, problem: str) -> None:
        place = PLACES.get(name, name)
        where = "" if name in ("name", *PLACES) else " of its extra"
        account = self.name if isinstance(self.name, str) and self.name.isprintable() else ""
        raise InvalidAccount(f"the field {place}{where} {problem}.", account=account or "?")


def _credential_problem(value: object) -> str | None:
    if value is None or value == "" or (isinstance(value, str) and not value.strip()):
        return "is missing"
    if not isinstance(value, str):
        return "should be a text, and is none"
    value = value.strip()
    if len(value) > LONGEST_CREDENTIAL:
        return f"is longer than {LONGEST_CREDENTIAL:,} characters: something else was copied into it"
    for place, character in enumerate(value, start=1):
        if not "!" <= character <= "~":
            return f"has a blank, a line break or a letter that is not ASCII at place {place}: copy it from Seller Central again"
    return None


def _url_problem(url: object) -> str | None:
    """What keeps a text from being the address of a server; a URL itself is not told, because it may hold a password."""
    if not isinstance(url, str):
        return "is no text"
    if not re.fullmatch(r"[!-~]{1,2000}", url):
        return "has a blank, a line break, a letter that is not ASCII, or more than 2,000 characters"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "has a port or a host that cannot be"
    if parts.scheme not in ("http", "https"):
        return "does not begin with https:// or http://"
    if "@" in parts.netloc:
        return "has a user name or a password, which belong into login and password"
    # an IPv6 address in its brackets has been judged by urlsplit
    if port == 0 or not ("[" in parts.netloc or re.fullmatch(HOST, parts.hostname or "")):
        return "has a port or a host that cannot be"
    return "has a ? or a #" if "?" in url or "#" in url else None
