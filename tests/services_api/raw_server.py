"""A loopback server that writes bytes as they are scripted, whether they are HTTP or not."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.services_api.loopback import SECRETS

# bytes, or a function that writes them until the client has had enough
Script = bytes | Callable[[socket.socket], None]


def http(body: object = b"", status: str = "200 OK", length: bool = True, **headers: object) -> bytes:
    """An answer; a body that is no bytes is written as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(content)}"] if length else []
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1") + content


LOGIN = http({"access_token": SECRETS[2], "expires_in": 3600})
ANSWER = http({"payload": {"serviceJobId": "job"}})


@dataclass
class RawServer:
    """The server: `login` and `answer` are what it says to each kind of request; `requests` counts them."""

    url: str
    login: Script = LOGIN
    answer: Script = ANSWER
    requests: dict[str, int] = field(default_factory=lambda: {"login": 0, "answer": 0})


def _serve(server: RawServer, connection: socket.socket) -> None:
    """One request over each connection: what follows an answer that breaks off is not defined."""
    with connection, suppress(OSError):
        reader = connection.makefile("rb")
        path = reader.readline().split(b" ")[1]
        length = 0
        while (line := reader.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        reader.read(length)
        kind = "login" if path == b"/auth/o2/token" else "answer"
        server.requests[kind] += 1
        script = getattr(server, kind)
        if callable(script):
            script(connection)
        else:
            connection.sendall(script)
        connection.shutdown(socket.SHUT_WR)


@contextmanager
def raw_server() -> Iterator[RawServer]:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        server = RawServer(f"http://127.0.0.1:{listener.getsockname()[1]}")

        def accept() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=_serve, args=(server, listener.accept()[0]), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server
        # wakes accept
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)
