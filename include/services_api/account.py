"""The credentials and endpoints of one seller account, validated on creation."""

import re
from dataclasses import dataclass, field
from typing import NoReturn
from urllib.parse import quote, quote_plus, urlsplit

from include.services_api.errors import InvalidAccount

REGIONS = ("na", "eu", "fe")  # also in `plugins/amazon_services/get_provider_info.py`, which imports nothing
TOKEN_URL = "https://api.amazon.com/auth/o2/token"
# names of these fields in an Airflow connection
CONNECTION_FIELDS = {"client_id": "login", "client_secret": "password"}
LISTS = ("marketplace_ids", "store_ids", "asins", "resource_ids")
CREDENTIALS = ("client_id", "client_secret", "refresh_token")
# credentials of Login with Amazon have a few hundred characters
LONGEST_CREDENTIAL = 4_096
# the API's maximum
LONGEST_ID = 100
HOST = r"(?!.*\.\.)\w([\w.-]*\w)?\.?"
URL_EXAMPLES = "such as https://host or http://127.0.0.1:8765"


class Secret(str):
    """A string whose value is hidden in `repr`, and so in tracebacks with local variables and in dumps of objects."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


@dataclass(frozen=True)
class Account:
    """Access of one seller to the API. `name` is the connection id and the value of the column `account` in every table.

    Raises:
        InvalidAccount: A field is missing or invalid. The message names the connection and the field.
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

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip() or not self.name.isprintable():
            self._fail("name", "should be a text of printable characters")
        for name in CREDENTIALS:
            # credentials are checked in a function that does not raise: a traceback with local variables would show them
            if problem := _credential_problem(getattr(self, name)):
                self._fail(name, problem)
            object.__setattr__(self, name, Secret(getattr(self, name).strip()))
        if self.region not in REGIONS:
            self._fail("region", f"should be one of {', '.join(REGIONS)}, but is {self._shown(self.region)}")
        for name in LISTS:
            object.__setattr__(self, name, self._texts(name))
        for marketplace_id in self.marketplace_ids:
            if not re.fullmatch("[A-Z0-9]+", marketplace_id):
                problem = f"contains {self._shown(marketplace_id)}, which is not a marketplace id such as ATVPDKIKX0DER"
                self._fail("marketplace_ids", problem)
        for name in ("endpoint", "token_url"):
            if getattr(self, name) is not None and (problem := _url_problem(getattr(self, name))):
                self._fail(name, f"should be a URL {URL_EXAMPLES}, but {problem}")
        if not isinstance(self.sandbox, bool):
            self._fail("sandbox", f"should be true or false, but is {self._shown(self.sandbox)}")
        object.__setattr__(self, "client_id", str(self.client_id))

    @property
    def base_url(self) -> str:
        """Scheme and host of all operations, without a trailing slash."""
        prefix = "sandbox." if self.sandbox else ""
        return (self.endpoint or f"https://{prefix}sellingpartnerapi-{self.region}.amazon.com").rstrip("/")

    @property
    def lwa_url(self) -> str:
        """URL of the token endpoint of Login with Amazon."""
        return self.token_url or TOKEN_URL

    def without_secrets(self, text: object) -> str:
        """Mask the secrets of this account in a text, in plain and in quoted form."""
        result = str(text)
        for secret in (str(self.client_secret), str(self.refresh_token)):
            for form in (secret, repr(secret)[1:-1], quote(secret, errors="replace"), quote_plus(secret, errors="replace")):
                result = result.replace(form, "***")
        return result

    def _texts(self, name: str) -> tuple[str, ...]:
        values = getattr(self, name)
        if not isinstance(values, list | tuple):
            self._fail(name, f"should be a list of texts, but is {self._shown(values)}")
        for position, value in enumerate(values, start=1):
            if not isinstance(value, str):
                self._fail(name, f"should be a list of texts, but value {position} is {self._shown(value)}")
            if not 1 <= len(value.strip()) <= LONGEST_ID or not value.strip().isprintable():
                problem = f"value {position} is empty, longer than {LONGEST_ID} characters, or has unprintable characters"
                self._fail(name, f"should be a list of non-empty texts, but {problem}")
        return tuple(dict.fromkeys(value.strip() for value in values))

    def _shown(self, value: object) -> str:
        """The value for an error message. It is masked where it may be a secret, because any field can contain one."""
        if value is None or isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str):
            secrets = (self.client_secret, self.refresh_token) if len(value) > 3 else ()
            is_secret = any(secret in value or value in secret for secret in secrets)
            return repr(value) if re.fullmatch(r"[\w .-]{0,20}", value, re.ASCII) and not is_secret else "another text"
        kinds = {int: "a number", float: "a number", dict: "an object", list: "a list", tuple: "a list"}
        return kinds.get(type(value), "of another type")

    def _fail(self, name: str, problem: str) -> NoReturn:
        field = CONNECTION_FIELDS.get(name, name)
        suffix = "" if name in ("name", *CONNECTION_FIELDS) else " of its extra"
        account = self.name if isinstance(self.name, str) and self.name.isprintable() else ""
        raise InvalidAccount(f"the field {field}{suffix} {problem}.", account=account or "?")


def _credential_problem(value: object) -> str | None:
    if value is None or value == "" or (isinstance(value, str) and not value.strip()):
        return "is missing"
    if not isinstance(value, str):
        return "should be a text"
    value = value.strip()
    if len(value) > LONGEST_CREDENTIAL:
        return f"is longer than {LONGEST_CREDENTIAL:,} characters: it is not a credential of Login with Amazon"
    for position, character in enumerate(value, start=1):
        if not "!" <= character <= "~":
            return f"has a space, a line break or a non-ASCII character at position {position}: copy it from Seller Central again"
    return None


def _url_problem(url: object) -> str | None:
    """Why a value is not the URL of a server. The value is left out, because a URL can contain a password."""
    if not isinstance(url, str):
        return "is not a text"
    if not re.fullmatch(r"[!-~]{1,2000}", url):
        return "has a space, a line break, a non-ASCII character, or more than 2,000 characters"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "has an invalid host or port"
    if parts.scheme not in ("http", "https"):
        return "does not start with https:// or http://"
    if "@" in parts.netloc:
        return "has a user name or a password, which belong in login and password"
    # urlsplit has validated an IPv6 address in brackets
    if port == 0 or not ("[" in parts.netloc or re.fullmatch(HOST, parts.hostname or "")):
        return "has an invalid host or port"
    return "has a ? or a #" if "?" in url or "#" in url else None
