"""Requests and responses, as little of them as the sandbox needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

LARGEST_BODY = 6_000_000


@dataclass(slots=True)
class Request:
    """`path`: still percent-encoded; `origin`: where it was sent to; `notes`: what the log
    should say about it; `transport`: the connection.
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
    def of(cls, scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]]) -> Request:
        return cls(
            scope["method"],
            scope["raw_path"].decode("ascii", "replace").partition("?")[0],
            scope["query_string"].decode("ascii", "replace"),
            {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            receive,
            "http://{}:{}".format(*scope.get("server") or ("127.0.0.1", 80)),
            scope.get("extensions", {}).get("sandbox.transport"),
        )

    async def body(self) -> bytes:
        """All of it, or the first `LARGEST_BODY` bytes and a little more."""
        parts, size, more = [], 0, True
        while more and size <= LARGEST_BODY:
            message = await self.receive()
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            more = message.get("more_body", False)
        return b"".join(parts)


@dataclass(slots=True)
class Response:
    """`announced`: the content length that is told, where it is not that of the body (a truncated answer).

    `is_undated`, `misdated_by`: what is wrong with the header `Date`, the latter in seconds.
    """

    status: int
    body: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    announced: int | None = None
    is_undated: bool = False
    misdated_by: float = 0

    @classmethod
    def json(cls, status: int, content: Any) -> Response:
        body = content if isinstance(content, bytes) else orjson.dumps(content)
        return cls(status, body, [(b"content-type", b"application/json")])

    async def send(self, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        length = len(self.body) if self.announced is None else self.announced
        headers = self.headers if self.status == 204 else [*self.headers, (b"content-length", str(length).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": self.announced is not None})
