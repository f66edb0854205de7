"""The parts of HTTP requests and responses that the sandbox needs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

LARGEST_BODY = 6_000_000


@dataclass(slots=True)
class Request:
    """A request.

    Attributes:
        path: Still percent-encoded.
        origin: Scheme, host and port of the server.
        transport: The connection.
        notes: Remarks for the request log.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    receive: Callable[[], Awaitable[dict[str, Any]]]
    origin: str = ""
    transport: Any = None
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]]) -> "Request":
        """Return the request of an ASGI scope."""
        return cls(
            scope["method"],
            scope["raw_path"].decode("ascii", "replace").partition("?")[0],
            scope["query_string"].decode("ascii", "replace"),
            {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            receive,
            "http://{}:{}".format(*scope.get("server") or ("127.0.0.1", 80)),
            scope.get("extensions", {}).get("sandbox.transport", {}).get("transport"),
        )

    async def body(self) -> bytes:
        """Read the body, or a little more than its first `LARGEST_BODY` bytes."""
        parts, size, more = [], 0, True
        while more and size <= LARGEST_BODY:
            message = await self.receive()
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            more = message.get("more_body", False)
        return b"".join(parts)


@dataclass(slots=True)
class Response:
    """A response.

    Attributes:
        announced: The content length in the headers if it is not that of the body (a truncated answer).
        ahead: Seconds by which the header `Date` is ahead of the clock; None if the header is missing.
    """

    status: int
    body: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    announced: int | None = None
    ahead: float | None = 0

    @classmethod
    def json(cls, status: int, content: Any) -> "Response":
        """Return a JSON response; bytes are taken as JSON already."""
        body = content if isinstance(content, bytes) else orjson.dumps(content)
        return cls(status, body, [(b"content-type", b"application/json")])

    async def send(self, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        """Send the response; the connection stays open for more if the body is truncated."""
        length = len(self.body) if self.announced is None else self.announced
        headers = self.headers if self.status == 204 else [*self.headers, (b"content-length", str(length).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": self.announced is not None})
