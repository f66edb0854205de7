"""In a whole Airflow, with its scheduler and triggerer: a run that takes too long is told by e-mail and in Slack, once each."""

import json
from email import message_from_string

import pytest

from include.warehouse.paths import PROJECT_DIR
from tests.listeners import MailServer, Webhook, listening
from tests.plugins.airflow_home import standalone
from tests.processes import wait_for

pytestmark = pytest.mark.soak

DAG = f'''
import sys
import time
from datetime import timedelta

sys.path += ["{PROJECT_DIR}", "{PROJECT_DIR / "plugins"}"]

from airflow.sdk import dag, task
from amazon_services import alerts

alerts.LATE_AFTER = timedelta(seconds=5)


@dag(schedule=None, deadline=alerts.deadlines())
def probe():
    @task
    def hang():
        time.sleep(60)

    hang()


probe()
'''


@pytest.mark.timeout(600)
def test_a_late_run_is_told(tmp_path, monkeypatch):
    with listening(MailServer) as (mail_port, mails), listening(Webhook) as (slack_port, posts):
        extra = {"disable_ssl": True, "disable_tls": True, "from_email": "warehouse@example.com"}
        smtp = {"conn_type": "smtp", "host": "127.0.0.1", "port": mail_port, "extra": extra}
        slack = {"conn_type": "slackwebhook", "host": f"http://127.0.0.1:{slack_port}", "password": "T0/B0/X"}
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(smtp))
        monkeypatch.setenv("AIRFLOW_CONN_OPERATORS", json.dumps(slack))
        monkeypatch.setenv("SERVICES_ALERT_EMAILS", "one@example.com")
        monkeypatch.setenv("SERVICES_ALERT_SLACK", "operators")
        with standalone(tmp_path, DAG) as airflow:
            run = airflow.api("POST", "dags/probe/dagRuns", {"logical_date": None})["dag_run_id"]
            wait_for(lambda: mails and posts, airflow.logged, seconds=120)
            assert airflow.api("GET", f"dags/probe/dagRuns/{run}")["state"] == "running"
            wait_for(lambda: airflow.api("GET", f"dags/probe/dagRuns/{run}")["state"] == "success", airflow.logged, seconds=200)
    (mail,), (post,) = mails, posts
    message = message_from_string(mail)
    body = next(part for part in message.walk() if part.get_content_type() == "text/html").get_payload(decode=True).decode()
    assert message["Subject"] == "Services Warehouse: a run of probe is late"
    assert run in body and run in post["text"]
