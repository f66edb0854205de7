"""An HTTP server on loopback that says what a test tells it to: for answers that no world would give."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from include.services_api import Account


class ScriptedApi(ThreadingHTTPServer):
    """`answers`: body by the end of the path, e.g. `serviceJobs`, `appointmentSlots`, `fixed`, or a job's id."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, dict] = {}

    def account(self) -> Account:
        url = f"http://127.0.0.1:{self.server_port}"
        return Account(
            name="amazon_services_default", client_id="client", client_secret="secret", refresh_token="Atzr|token",
            marketplace_ids=("ATVPDKIKX0DER",), endpoint=url, token_url=f"{url}/auth/o2/token",
            store_ids=("own-store",), asins=("B000000001",),
        )  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        name = self.path.partition("?")[0].rpartition("/")[2]
        if name == "token":
            status, body = 200, {"access_token": "Atza|token", "expires_in": 3600}
        elif name in self.server.answers:
            status, body = 200, self.server.answers[name]
        else:
            status, body = 404, {"errors": [{"code": "NotFound", "message": f"nothing is told of {name}"}]}
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _answer

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def scripted_api():
    with ScriptedApi() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
