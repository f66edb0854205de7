"""Serves the sandbox on a socket."""

import gc
import socket

import uvicorn
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from include.sandbox.api.app import App

BACKLOG = 2_048


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 means any free port.

    Raises:
        OSError: The address or the port is not available.
    """
    return socket.create_server((host, port), backlog=BACKLOG)


class Protocol(HttpToolsProtocol):
    """Passes the connection to the application, for faults that break it."""

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope.setdefault("extensions", {})["sandbox.transport"] = {"transport": self.transport}


def server(app: App) -> uvicorn.Server:
    """Return a quiet server; the application writes the header `Date` itself."""
    config = uvicorn.Config(
        app, http=Protocol, ws="none", lifespan="off", timeout_keep_alive=60, timeout_graceful_shutdown=1,
        log_level="critical", access_log=False, date_header=False,
    )  # fmt: skip
    return uvicorn.Server(config)


def serve(app: App, listener: socket.socket) -> None:
    """Serve until interrupted."""
    # the world is never freed: the garbage collector need not look at it
    gc.freeze()
    print("listening on http://{}:{}".format(*listener.getsockname()), flush=True)
    server(app).run(sockets=[listener])
