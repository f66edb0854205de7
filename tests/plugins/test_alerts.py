"""A failed audit is told to whoever is configured: by e-mail to a mail server, to Slack by its webhook, both on loopback."""

import html
import json
import socketserver
import threading
from contextlib import contextmanager
from email import message_from_string
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from airflow.sdk import DAG

from amazon_services.alerts import alerts

ERROR = "The quality gate stopped run r: marts.fct_appointments appointment_lost (stop): 11 rows break it, e.g. job=<J1>."
CONTEXT = {
    "dag": DAG("amazon_services_warehouse", schedule=None),
    "ti": SimpleNamespace(task_id="audit"),
    "run_id": "r",
    "exception": RuntimeError(ERROR),
}


class MailServer(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs to hand over one message."""

    def handle(self):
        self.wfile.write(b"220 loopback\r\n")
        while line := self.rfile.readline().decode().strip():
            if line.upper() == "DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.mails.append("".join(iter(lambda: self.rfile.readline().decode().replace("\r\n", "\n"), ".\n")))
            self.wfile.write(b"221 bye\r\n" if line.upper() == "QUIT" else b"250 loopback\r\n")
            if line.upper() == "QUIT":
                return


class Webhook(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


@contextmanager
def serving(server, received: str):
    setattr(server, received, [])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def tell() -> None:
    (notifier,) = alerts()
    notifier(CONTEXT)


def test_nobody_is_told_where_nobody_is_named(monkeypatch):
    monkeypatch.delenv("SERVICES_ALERT_EMAILS", raising=False)
    monkeypatch.delenv("SERVICES_ALERT_SLACK", raising=False)
    assert alerts() == []


def test_by_email(monkeypatch):
    with serving(socketserver.TCPServer(("127.0.0.1", 0), MailServer), "mails") as server:
        extra = {"disable_ssl": True, "disable_tls": True, "from_email": "warehouse@example.com"}
        connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": server.server_address[1], "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))
        monkeypatch.setenv("SERVICES_ALERT_EMAILS", "one@example.com, two@example.com")
        tell()
    (mail,) = server.mails
    message = message_from_string(mail)
    assert message["To"] == "one@example.com, two@example.com"
    assert message["Subject"] == "Services Warehouse: amazon_services_warehouse was stopped by its audit"
    body = next(part for part in message.walk() if part.get_content_type() == "text/html").get_payload(decode=True).decode()
    assert html.escape(ERROR) in body


def test_in_slack(monkeypatch):
    with serving(HTTPServer(("127.0.0.1", 0), Webhook), "posts") as server:
        host = f"http://127.0.0.1:{server.server_address[1]}"
        connection = {"conn_type": "slackwebhook", "host": host, "password": "T000/B000/XXX"}
        monkeypatch.setenv("AIRFLOW_CONN_SLACK_OPERATORS", json.dumps(connection))
        monkeypatch.setenv("SERVICES_ALERT_SLACK", "slack_operators")
        tell()
    (post,) = server.posts
    assert ERROR in post["text"]


@pytest.mark.parametrize("setting", ["SERVICES_ALERT_EMAILS", "SERVICES_ALERT_SLACK"])
def test_the_audit_has_the_notifier(setting, monkeypatch):
    from airflow.dag_processing.dagbag import DagBag

    from include.warehouse.paths import PROJECT_DIR

    monkeypatch.setenv(setting, "somebody@example.com")
    bag = DagBag(dag_folder=str(PROJECT_DIR / "dags" / "amazon_services_warehouse.py"), bundle_path=PROJECT_DIR / "dags")
    assert bag.import_errors == {}
    assert len(bag.dags["amazon_services_warehouse"].get_task("audit").on_failure_callback) == 1
