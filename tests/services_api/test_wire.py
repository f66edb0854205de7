"""Limits hold over TLS too, connections are kept, and each answer over one has the whole time."""

import ssl
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
import requests

from include.services_api import limits, wire
from include.services_api.errors import OversizedResponse, ServiceUnavailable


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - timedelta(1), now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    no_password = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password)
    file.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return file


class Handler(BaseHTTPRequestHandler):
    """Answers `/N` after N hundredths of a second, `/drip` a byte every 50 ms, `/large` with more than is read."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.connections.add(self.client_address)
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        if self.path == "/drip":
            self.end_headers()
            with suppress(OSError):
                while True:
                    self.wfile.write(b"x")
                    time.sleep(0.05)
            return
        body = bytes(limits.RESPONSE_BYTES + 1) if self.path == "/large" else b"fine"
        if self.path[1:].isdecimal():
            time.sleep(int(self.path[1:]) / 100)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(params=["http", "https"])
def server(request, certificate):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.connections = True, set()
    if request.param == "https":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    server.url = f"{request.param}://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def session(certificate, monkeypatch):
    # requests would take these before what a session says
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    with wire.session() as session:
        session.verify = str(certificate)
        yield session


def fails(session: requests.Session, url: str, timeout: float) -> ServiceUnavailable:
    with pytest.raises(wire.FAILURES) as caught:
        session.get(url, timeout=(5, timeout))
    return wire.failure(caught.value, operation="getIt", account="my_shop")


def test_a_connection_is_kept_and_every_answer_has_the_whole_time(server, session):
    for _ in range(4):
        assert session.get(f"{server.url}/40", timeout=(5, 0.9)).content == b"fine"
    # what an answer has left of its time is not what the next request is sent with
    assert session.post(f"{server.url}/0", data=bytes(2**20), timeout=(5, 5)).content == b"fine"
    assert len(server.connections) <= 2


def test_a_body_that_drips_is_cut_off(server, session):
    started = time.monotonic()
    assert "not complete in time" in str(fails(session, f"{server.url}/drip", 0.5))
    assert 0.4 < time.monotonic() - started < 5
    assert session.get(f"{server.url}/0", timeout=(5, 5)).content == b"fine"


def test_an_answer_that_does_not_come(server, session):
    error = fails(session, f"{server.url}/200", 0.3)
    assert "not complete in time" in str(error) and error.may_have_arrived


def test_a_large_body_is_cut_off(server, session):
    error = fails(session, f"{server.url}/large", 20)
    assert isinstance(error, OversizedResponse)
    assert "larger than 6,291,456 bytes" in str(error)
    assert session.get(f"{server.url}/0", timeout=(5, 5)).content == b"fine"


def test_nobody_there(session):
    error = fails(session, "http://127.0.0.1:1/", 1)
    assert "no connection was established" in str(error) and not error.may_have_arrived


def test_a_certificate_that_nobody_vouches_for(certificate):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    with wire.session() as session:
        assert "certificate" in str(fails(session, f"https://127.0.0.1:{server.server_port}/", 5))
    server.shutdown()
    server.server_close()
