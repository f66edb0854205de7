"""The sandbox on a socket: of the loopback interface, or of a network of its own."""

from __future__ import annotations

import gc
import socket

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from include.sandbox.api.app import App

BACKLOG = 2_048


def bind(host: str, port: int) -> socket.socket:
    """A listening socket on an address; port 0 means any free one. Raises OSError where the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


class Protocol(HttpToolsProtocol):
    """Lets the application reach the connection itself: a fault may have to break it."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"sandbox.transport": self.transport}


def server(app: App) -> uvicorn.Server:
    # the application dates its answers itself
    quiet = {"log_level": "critical", "access_log": False, "date_header": False}
    return uvicorn.Server(
        uvicorn.Config(app, http=Protocol, ws="none", lifespan="off", timeout_keep_alive=60, timeout_graceful_shutdown=1, **quiet)
    )


def serve(app: App, listener: socket.socket) -> None:
    """Until interrupted."""
    # The world stays: nothing in it is ever to be collected, nor looked at for that.
    gc.freeze()
    print("listening on http://{}:{}".format(*listener.getsockname()), flush=True)
    server(app).run(sockets=[listener])
