"""A failed audit is told to whoever is configured: by e-mail to a mail server, to Slack by its webhook, both on loopback."""

import html
import json
from email import message_from_string
from types import SimpleNamespace

import pytest
from airflow.sdk import DAG

from amazon_services.alerts import alerts
from tests.listeners import MailServer, Webhook, listening

ERROR = "The quality gate stopped run r: marts.fct_appointments appointment_lost (stop): 11 rows break it, e.g. job=<J1>."
CONTEXT = {
    "dag": DAG("amazon_services_warehouse", schedule=None),
    "ti": SimpleNamespace(task_id="audit"),
    "run_id": "r",
    "exception": RuntimeError(ERROR),
}


def tell() -> None:
    (notifier,) = alerts()
    notifier(CONTEXT)


def test_nobody_is_told_where_nobody_is_named(monkeypatch):
    monkeypatch.delenv("SERVICES_ALERT_EMAILS", raising=False)
    monkeypatch.delenv("SERVICES_ALERT_SLACK", raising=False)
    assert alerts() == []


def test_by_email(monkeypatch):
    with listening(MailServer) as (port, mails):
        extra = {"disable_ssl": True, "disable_tls": True, "from_email": "warehouse@example.com"}
        connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))
        monkeypatch.setenv("SERVICES_ALERT_EMAILS", "one@example.com, two@example.com")
        tell()
    (mail,) = mails
    message = message_from_string(mail)
    assert message["To"] == "one@example.com, two@example.com"
    assert message["Subject"] == "Services Warehouse: amazon_services_warehouse was stopped by its audit"
    body = next(part for part in message.walk() if part.get_content_type() == "text/html").get_payload(decode=True).decode()
    assert html.escape(ERROR) in body


def test_in_slack(monkeypatch):
    with listening(Webhook) as (port, posts):
        host = f"http://127.0.0.1:{port}"
        connection = {"conn_type": "slackwebhook", "host": host, "password": "T000/B000/XXX"}
        monkeypatch.setenv("AIRFLOW_CONN_SLACK_OPERATORS", json.dumps(connection))
        monkeypatch.setenv("SERVICES_ALERT_SLACK", "slack_operators")
        tell()
    (post,) = posts
    assert ERROR in post["text"]


@pytest.mark.parametrize("setting", ["SERVICES_ALERT_EMAILS", "SERVICES_ALERT_SLACK"])
def test_the_audit_has_the_notifier(setting, monkeypatch):
    from airflow.dag_processing.dagbag import DagBag

    from include.warehouse.paths import PROJECT_DIR

    monkeypatch.setenv(setting, "somebody@example.com")
    bag = DagBag(dag_folder=str(PROJECT_DIR / "dags" / "amazon_services_warehouse.py"), bundle_path=PROJECT_DIR / "dags")
    assert bag.import_errors == {}
    assert len(bag.dags["amazon_services_warehouse"].get_task("audit").on_failure_callback) == 1
