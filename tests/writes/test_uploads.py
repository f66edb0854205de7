"""Whatever the host says that takes documents, or the API of where it is: a typed error, soon, without address and key."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from include.services_api import errors
from include.writes import documents
from tests.services_api import hostile
from tests.services_api.raw_server import http, raw_server

KEY, VECTOR = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=", "dnZ2dnZ2dnZ2dnZ2dnZ2dg=="
DESTINATION = {
    "url": "http://127.0.0.1:1/put?signature=very-secret-signature", "uploadDestinationId": "d",
    "encryptionDetails": {"key": KEY, "initializationVector": VECTOR},
}  # fmt: skip
# a host that took the document says so by its status: what comes after that does not matter, unless it never ends
HARMLESS = {
    "a gzip that stops", "a negative length", "a length that is no number", "a length of 5,000 digits", "a version of the future",
    "a page", "an empty body", "no text", "UTF-16", "half a JSON", "two JSONs", "a list",
    "a text", "a compression that nobody knows", "nested 100,000 deep",
}  # fmt: skip


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(documents, "TIMEOUT_SECONDS", (1, 0.3))
    monkeypatch.setattr(documents, "wait_exponential", lambda multiplier: 0)
    with raw_server() as server:
        yield server


def upload(destination: object) -> str:
    started = time.monotonic()
    with pytest.raises(errors.ServicesApiError, match="my_shop") as caught:
        documents.upload(destination, b"%PDF-1.7", "PDF", account="my_shop")
    assert time.monotonic() - started < 20
    message = str(caught.value)
    assert "very-secret-signature" not in message and KEY not in message and "Error" not in message
    return message


@pytest.mark.parametrize("name", sorted(hostile.WIRE.keys() - HARMLESS))
def test_an_answer(server, name):
    server.answer, _ = hostile.WIRE[name]
    upload(DESTINATION | {"url": f"{server.url}/put?signature=very-secret-signature"})
    server.answer = http(b"")
    done = documents.upload(DESTINATION | {"url": server.url}, b"%PDF-1.7", "PDF", account="my_shop")
    assert done["upload_destination_id"] == "d"


@pytest.mark.parametrize(
    "changes",
    [
        {"url": None}, {"url": 7}, {"url": ["http://127.0.0.1"]}, {"url": ""}, {"url": "file:///etc/passwd"},
        {"url": "http://"}, {"url": "http://127.0.0.1:99999/very-secret-signature"}, {"url": "http://a..b/very-secret-signature"},
        {"url": "gopher://127.0.0.1"}, {"url": "http://[::1/very-secret-signature"},
        {"headers": [1]}, {"headers": "X"}, {"headers": {"X": 1}}, {"headers": {"X": "a\r\nY: very-secret-signature"}},
        {"headers": {"X Y": "1"}}, {"headers": {"X": "\u2028"}}, {"uploadDestinationId": None}, {"uploadDestinationId": {}},
        {"encryptionDetails": None}, {"encryptionDetails": [KEY]}, {"encryptionDetails": {"key": KEY}},
        {"encryptionDetails": {"key": 7, "initializationVector": VECTOR}},
        {"encryptionDetails": {"key": "ü", "initializationVector": VECTOR}},
        {"encryptionDetails": {"key": "a2tr", "initializationVector": VECTOR}},
        {"encryptionDetails": {"key": KEY, "initializationVector": KEY}},
    ],
    ids=str,
)  # fmt: skip
def test_a_destination(server, changes):
    upload(DESTINATION | changes)


@pytest.mark.parametrize("destination", [{}, [], None, 7, "http://127.0.0.1"])
def test_no_destination(server, destination):
    upload(destination)


@pytest.fixture
def taken():
    """A host that takes documents, and the headers of what it took."""
    headers = []

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            headers.append(self.headers)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}/put", headers=headers)
        server.shutdown()


@pytest.mark.parametrize(("content_type", "media_type"), documents.MEDIA_TYPES.items())
def test_the_content_type_is_sent(taken, content_type, media_type):
    documents.upload(DESTINATION | {"url": taken.url}, b"content", content_type, account="my_shop")
    (headers,) = taken.headers
    assert headers.get_all("Content-Type") == [media_type]


@pytest.mark.parametrize("name", ["Content-Type", "content-type", "CONTENT-TYPE"])
def test_every_header_that_the_destination_names_is_sent(taken, name):
    named = {"x-amz-server-side-encryption": "aws:kms", "X-Amz-Meta-Owner": "seller", name: "application/octet-stream"}
    documents.upload(DESTINATION | {"url": taken.url, "headers": named}, b"content", "PDF", account="my_shop")
    (headers,) = taken.headers
    assert {key: headers.get_all(key) for key in named} == {key: [value] for key, value in named.items()}
