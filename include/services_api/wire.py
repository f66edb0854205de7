"""HTTP sessions that limit the size of a response and the time to read all of it.

The read timeout of `requests` is the time between two bytes, so that a slow body may never end, and the size of a body is
unlimited. Here the read timeout is the time for the whole response with its headers, and reading stops when a body exceeds its
limit.
"""

import io
import socket
import time
from contextlib import suppress
from http.client import HTTPResponse
from typing import TYPE_CHECKING

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    LocationValueError,
    MaxRetryError,
    NewConnectionError,
    ReadTimeoutError,
)

from include.services_api import limits
from include.services_api.errors import OversizedResponse, ServiceUnavailable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK_BYTES = 2**16


class TooLarge(Exception):
    """A response exceeds the limit that the message names."""


# errors of `requests`, and those that it passes on: of urllib3, and of http.client for invalid headers of a request
FAILURES = (requests.RequestException, HTTPError, TooLarge, ValueError)


def session(most_bytes: int = limits.RESPONSE_BYTES, connections: int = 1) -> requests.Session:
    """A session that threads can share.

    Args:
        most_bytes: Maximum size of a body, decompressed.
        connections: Number of connections to one host that are kept open.
    """
    result = requests.Session()
    for scheme in ("https://", "http://"):
        result.mount(scheme, _LimitedAdapter(most_bytes, connections))
    return result


def failure(error: Exception, *, operation: str, account: str) -> ServiceUnavailable:
    """The typed error for one of `FAILURES`. It does not repeat the original's text, which may contain secrets of the request."""
    if isinstance(error, TooLarge):
        return OversizedResponse(f"{error}.", operation=operation, account=account)
    may_have_arrived = not isinstance(_cause(error), NewConnectionError | ConnectTimeoutError)
    problem = f"no response: {_reason(error)}."
    return ServiceUnavailable(problem, may_have_arrived=may_have_arrived, operation=operation, account=account)


class _Bounded(io.RawIOBase):
    """Reads one response from a socket, until a deadline and up to a number of bytes."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket):
        self._raw, self._sock, self._seconds = raw, sock, sock.gettimeout()
        self._deadline = None if self._seconds is None else time.monotonic() + self._seconds
        self._left = limits.WIRE_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        if self._deadline is not None:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            self._sock.settimeout(left)
        count = self._raw.readinto(buffer)
        self._left -= count
        if self._left < 0:
            raise TooLarge(f"the response is longer than {limits.WIRE_BYTES:,} bytes, and was cut off")
        return count

    def close(self) -> None:
        if not self.closed:
            # the next request over this connection starts with the full timeout
            with suppress(OSError):
                self._sock.settimeout(self._seconds)
            self._raw.close()
        super().close()


class _BoundedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None):
        super().__init__(sock, debuglevel, method, url)
        self.fp = io.BufferedReader(_Bounded(self.fp.detach(), sock))


class _Connection(HTTPConnection):
    response_class = _BoundedResponse


class _SecureConnection(HTTPSConnection):
    response_class = _BoundedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}


class _LimitedAdapter(HTTPAdapter):
    """Returns responses whose body has been read."""

    def __init__(self, most_bytes: int, connections: int):
        self._most_bytes = most_bytes
        super().__init__(pool_maxsize=connections)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: object) -> None:
        super().init_poolmanager(connections, maxsize, block, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **options: object):
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = POOLS
        return manager

    def build_response(self, request: requests.PreparedRequest, raw) -> requests.Response:
        response = super().build_response(request, raw)
        response.raw = io.BytesIO(self._read(raw))
        return response

    def _read(self, raw) -> bytes:
        chunks, size, is_whole = [], 0, False
        try:
            # an interim response (1xx) is not read: the final one would be mistaken for the response to the next request
            for chunk in raw.stream(CHUNK_BYTES, decode_content=True) if raw.status >= 200 else ():
                size += len(chunk)
                if size > self._most_bytes:
                    raise TooLarge(f"the body is larger than {self._most_bytes:,} bytes, and was cut off")
                chunks.append(chunk)
            is_whole = raw.status >= 200
        finally:
            if not is_whole:
                raw.close()
                raw.release_conn()
        return b"".join(chunks)


def _reason(error: Exception) -> str:
    cause = _cause(error)
    if isinstance(cause, NewConnectionError | ConnectTimeoutError):
        return "no connection was established"
    if isinstance(cause, ReadTimeoutError):
        return "it was not complete in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "the certificate or the TLS version of the server is not accepted"
    if isinstance(cause, DecodeError):
        return "its body is not compressed according to its headers"
    # an HTTPError that is also a ValueError concerns the response's headers, unless it concerns the address
    if isinstance(cause, LocationValueError) or (isinstance(error, ValueError) and not isinstance(cause, HTTPError)):
        return "the request has an invalid address or header"
    return "the connection was interrupted, or the response is not HTTP"


def _cause(error: Exception) -> object:
    """The error that `requests` and urllib3 have wrapped."""
    cause = error.args[0] if isinstance(error, requests.RequestException) and error.args else error
    return cause.reason if isinstance(cause, MaxRetryError) else cause
