"""Injected faults: which call of which operation fails, and how.

A fault is an object with `operation` (a name, `*` or `token`), `kind`, optionally `nth`, `every` or `probability` (default: every
call), `job` (only calls for this service job), `times` (how often at most), and the options of its kind:

| kind | options | what happens |
|---|---|---|
| `error` | `status` 500, `body` `json`, `html` or `empty`, `after` | an error status; `after`: after the call had its effect |
| `close` | `after` | the connection is closed without an answer |
| `hang` | `seconds` 60, `after` | no answer for a while, then the connection is closed |
| `misdated` | `seconds` 60 | the header `Date` is ahead by this much (negative: behind) |
| `undated` | | the header `Date` is missing |
| `truncate` | | the answer ends in the middle |
| `errors_without_payload` | | 200 with `errors` and no payload |
| `expire_token` | | 403, and the access token is dead |
| `repeat_token` | | the next page's token is that of the request |
| `duplicate_jobs` | | the page's last job comes twice |
| `changing_total` | | `totalResultSize` grows by one |
| `string_duration` | `field` durationInMinutes | numbers are strings |
| `unreadable_time` | `field` startTime | `2021-04-04T25:61` |
| `missing` | `field` serviceJobId | the field is missing |
| `unknown_enum` | `field` serviceJobStatus | `NEVER_SEEN_BEFORE` |
| `unknown_field` | `field` serviceJobId | an unknown field stands beside this one |

The last five change every occurrence of the field in the answer, or the first `places` of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Any

import orjson

from include.sandbox.api.errors import error
from include.sandbox.api.operations import BY_NAME

HTML = b"<html><head><title>Error</title></head><body><h1>Service is not available</h1></body></html>"


@dataclass(slots=True)
class Fault:
    """One fault, see the module; `calls` and `fired` count the calls that it was checked for, and those that it hit."""

    operation: str
    kind: str
    nth: int | None = None
    every: int | None = None
    probability: float | None = None
    times: int | None = None
    job: str | None = None
    status: int = 500
    body: str = "json"
    after: bool = False
    seconds: float = 60
    field: str = ""
    places: int | None = None
    calls: int = 0
    fired: int = 0

    def __post_init__(self) -> None:
        if self.operation not in (*BY_NAME, "*", "token"):
            raise ValueError(f"fault: {self.operation} is not an operation, `*` or `token`")
        if self.kind not in (*CONNECTION_KINDS, *DATES, *PAGE_CHANGES, *FIELD_CHANGES):
            raise ValueError(f"fault: {self.kind} is not a kind of fault")

    def strikes(self, operation: str, random: Random, job: str | None = None) -> bool:
        """Count a call; return whether the fault hits it."""
        if self.job is not None and job != self.job:
            return False
        if operation != self.operation and (self.operation != "*" or operation == "token"):
            return False
        self.calls += 1
        if self.times is not None and self.fired >= self.times:
            return False
        is_hit = (
            (self.nth is None or self.calls == self.nth)
            and (self.every is None or self.calls % self.every == 0)
            and (self.probability is None or random.random() < self.probability)
        )
        self.fired += is_hit
        return is_hit


@dataclass
class Faults:
    """All faults; a call is hit by the first one that applies."""

    faults: list[Fault] = field(default_factory=list)
    random: Random = field(default_factory=lambda: Random(0))

    def add(self, *specifications: dict[str, Any]) -> None:
        """Add faults by their fields."""
        self.faults += [Fault(**fields) for fields in specifications]

    def strike(self, operation: str, job: str | None = None) -> Fault | None:
        """Return the fault that hits a call, if any."""
        return next((fault for fault in self.faults if fault.strikes(operation, self.random, job)), None)


def error_body(
    form: str, code: str = "InternalFailure", message: str = "We encountered an internal error."
) -> tuple[bytes, bytes]:
    """Return content type and body of an error in one of the forms `json`, `html`, `empty`."""
    if form == "json":
        return b"application/json", orjson.dumps({"errors": [error(message, code)]})
    return b"text/html", HTML if form == "html" else b""


def spoil(fault: Fault, body: bytes, page_token: str | None) -> bytes:
    """Return the body of a successful answer, changed by a fault of the last nine kinds."""
    content = orjson.loads(body)
    if fault.kind in PAGE_CHANGES:
        return orjson.dumps(_change_page(fault.kind, content, page_token))
    default, change = FIELD_CHANGES[fault.kind]
    name = fault.field or default
    for holder in list(islice(_holders(content, name), fault.places)):
        change(holder, name)
    return orjson.dumps(content)


def _holders(value: Any, name: str) -> Iterator[dict[str, Any]]:
    """Yield every object in an answer that has the named field."""
    if isinstance(value, dict):
        if name in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _holders(item, name)


def _change_page(kind: str, content: dict[str, Any], page_token: str | None) -> dict[str, Any]:
    """Return the content of a page, changed by one of `PAGE_CHANGES`. `page_token`: that of the request."""
    payload = content.get("payload", {})
    if kind == "errors_without_payload":
        return {"errors": [error("The payload could not be built.", "InternalFailure")]}
    if kind == "repeat_token" and page_token:
        content.get("payload", content)["nextPageToken"] = page_token
    if kind == "duplicate_jobs":
        payload.get("jobs", []).extend(payload.get("jobs", [])[-1:])
    if kind == "changing_total":
        payload["totalResultSize"] = payload.get("totalResultSize", 0) + 1
    return content


def _set(make: Callable[[Any], Any]) -> Callable[[dict[str, Any], str], None]:
    def change(holder: dict[str, Any], name: str) -> None:
        holder[name] = make(holder[name])

    return change


def _add_unknown(holder: dict[str, Any], name: str) -> None:
    holder["sandboxUnknown"] = {"since": "2026-11-01", "level": 3}


CONNECTION_KINDS = ("error", "close", "hang", "truncate", "expire_token")
DATES = ("misdated", "undated")
PAGE_CHANGES = ("errors_without_payload", "repeat_token", "duplicate_jobs", "changing_total")
FIELD_CHANGES: dict[str, tuple[str, Callable[[dict[str, Any], str], None]]] = {
    "string_duration": ("durationInMinutes", _set(str)),
    "unreadable_time": ("startTime", _set(lambda _: "2021-04-04T25:61")),
    "missing": ("serviceJobId", lambda holder, name: holder.pop(name)),
    "unknown_enum": ("serviceJobStatus", _set(lambda _: "NEVER_SEEN_BEFORE")),
    "unknown_field": ("serviceJobId", _add_unknown),
}
