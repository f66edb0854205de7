"""A loopback server that answers as a test scripts it."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SECRETS = ("very-secret-client-secret", "Atzr|very-secret-refresh-token", "Atza|very-secret-access-token")


@dataclass
class Reply:
    """What the server says: a status, a body (JSON unless it is text) and headers. `hang_up` closes the line instead.

    `date`: the `Date` header; None for the server's own time, empty for none at all.
    """

    status: int = 200
    body: object = None
    headers: dict = field(default_factory=dict)
    hang_up: bool = False
    date: str | None = None


@dataclass
class Loopback:
    """The server: `replies` are given in turn, the last one again and again; `requests` are those that came to the API."""

    url: str
    replies: list[Reply] = field(default_factory=lambda: [Reply(body={"payload": {}})])
    token_replies: list[Reply] = field(default_factory=list)
    requests: list[dict] = field(default_factory=list)
    logins: list[dict] = field(default_factory=list)
    lifetime: int = 3600

    def script(self, *replies: Reply) -> None:
        self.replies = list(replies)

    def next(self, replies: list[Reply]) -> Reply:
        return replies.pop(0) if len(replies) > 1 else replies[0]


def handler(loopback: Loopback) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with lock:
                reply = self.login(body) if self.path == "/auth/o2/token" else self.call(body)
            if reply.hang_up:
                self.close_connection = True
                return
            content = (reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode()
            self.send_response_only(reply.status)
            if date := self.date_time_string() if reply.date is None else reply.date:
                self.send_header("Date", date)
            for name, value in {"x-amzn-RequestId": "request-1", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = answer

        def login(self, body: bytes) -> Reply:
            loopback.logins.append({name: value for name, (value,) in parse_qs(body.decode()).items()})
            token = f"{SECRETS[2]}-{len(loopback.logins)}"
            default = Reply(body={"access_token": token, "expires_in": loopback.lifetime, "token_type": "bearer"})
            return loopback.next(loopback.token_replies) if loopback.token_replies else default

        def call(self, body: bytes) -> Reply:
            url = urlsplit(self.path)
            query = {name: value for name, (value,) in parse_qs(url.query).items()}
            loopback.requests.append({
                "method": self.command, "path": url.path, "query": query, "headers": dict(self.headers),
                "body": json.loads(body) if body else None, "at": time.monotonic(),
            })  # fmt: skip
            return loopback.next(loopback.replies)

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@contextmanager
def running() -> Iterator[Loopback]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    result = Loopback(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = handler(result)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield result
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
