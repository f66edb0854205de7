"""HTTP with limits: sessions whose answers are read whole, up to a size and within a time, or not at all.

`requests` counts its read timeout from one byte to the next, so that a body which drips never ends, and it reads a body of any
size. Here the read timeout is the time for the whole answer, headers included, and a body that grows past its limit is cut off
while it is read.
"""

import io
import socket
import time
from contextlib import suppress
from http.client import HTTPResponse

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

CHUNK_BYTES = 2**16


class TooLarge(Exception):
    """An answer grew past its limit; the message says which."""


# what `requests` raises, and what it lets through: of urllib3, and of http.client about a header that it cannot send
FAILURES = (requests.RequestException, HTTPError, TooLarge, ValueError)


def session(most_bytes: int = limits.RESPONSE_BYTES, connections: int = 1) -> requests.Session:
    """A session for threads to share.

    Args:
        most_bytes: The largest body that is read, decompressed.
        connections: How many connections to one host are kept open.
    """
    result = requests.Session()
    for scheme in ("https://", "http://"):
        result.mount(scheme, _LimitedAdapter(most_bytes, pool_maxsize=connections))
    return result


def failure(error: Exception, *, operation: str, account: str) -> ServiceUnavailable:
    """The typed error for one of `FAILURES`. It takes no text over: that of the original may hold the request's secrets."""
    arrived = {"may_have_arrived": not _never_arrived(error), "operation": operation, "account": account}
    if isinstance(error, TooLarge):
        return OversizedResponse(f"{error}.", **arrived)
    return ServiceUnavailable(f"no answer: {_reason(error)}.", **arrived)


class _Bounded(io.RawIOBase):
    """What a socket receives for one answer, until a deadline and up to a number of bytes."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket):
        self._raw, self._sock, self._seconds = raw, sock, sock.gettimeout()
        self._deadline = None if self._seconds is None else time.monotonic() + self._seconds
        self._left = limits.WIRE_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        if self._deadline is not None:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            self._sock.settimeout(left)
        count = self._raw.readinto(buffer)
        self._left -= count
        if self._left < 0:
            raise TooLarge(f"the answer is longer than {limits.WIRE_BYTES:,} bytes, and was cut off")
        return count

    def close(self) -> None:
        if not self.closed:
            # the next request over this connection is sent with the whole time again
            with suppress(OSError):
                self._sock.settimeout(self._seconds)
            self._raw.close()
        super().close()


class _BoundedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: object, **options: object):
        super().__init__(sock, *args, **options)
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
    """Hands out responses whose body has been read already."""

    def __init__(self, most_bytes: int, **options: object):
        self._most_bytes = most_bytes
        super().__init__(**options)

    def init_poolmanager(self, *args: object, **options: object) -> None:
        super().init_poolmanager(*args, **options)
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
            # after an interim answer comes another, which would be taken for that of the next request
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


def _never_arrived(error: Exception) -> bool:
    """No connection came about, so that nothing can have been sent over it."""
    return isinstance(_cause(error), NewConnectionError | ConnectTimeoutError)


def _reason(error: Exception) -> str:
    cause = _cause(error)
    if isinstance(cause, NewConnectionError | ConnectTimeoutError):
        return "no connection came about"
    if isinstance(cause, ReadTimeoutError):
        return "it was not complete in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "the server's certificate or its TLS is not accepted"
    if isinstance(cause, DecodeError):
        return "its body is not compressed as its headers say"
    # an HTTPError that is a ValueError too is about the answer's headers, unless it is about the address
    if isinstance(cause, LocationValueError) or (isinstance(error, ValueError) and not isinstance(cause, HTTPError)):
        return "the request has an address or a header that HTTP cannot carry"
    return "the connection broke off, or what came is not HTTP"


def _cause(error: Exception) -> object:
    """What `requests` and urllib3 have wrapped."""
    cause = error.args[0] if isinstance(error, requests.RequestException) and error.args else error
    return cause.reason if isinstance(cause, MaxRetryError) else cause
