"""The scorecard is mailed to whoever is named, by a mail server on loopback."""

import json
from email import message_from_string

import pytest

from tests.dags.test_manners import load
from tests.listeners import MailServer, listening


def test_it_is_mailed(tmp_path, monkeypatch):
    file = tmp_path / "scorecard.html"
    file.write_text("<p>On time 80.7%</p>")
    monkeypatch.setenv("SERVICES_REPORT_EMAILS", "boss@example.com")
    with listening(MailServer) as (port, mails):
        connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": port}
        connection["extra"] = {"disable_ssl": True, "disable_tls": True, "from_email": "services@example.com"}
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))
        assert load("amazon_services_scorecard").get_task("mail").python_callable(file=str(file)) == 1
        (mail,) = mails
    message = message_from_string(mail)
    assert message["to"] == "boss@example.com"
    assert "On time 80.7%" in message.get_payload()[0].get_payload(decode=True).decode()


def test_without_a_receiver_it_is_skipped(tmp_path, monkeypatch):
    from airflow.sdk.exceptions import AirflowSkipException

    monkeypatch.delenv("SERVICES_REPORT_EMAILS", raising=False)
    with pytest.raises(AirflowSkipException):
        load("amazon_services_scorecard").get_task("mail").python_callable(file=str(tmp_path / "none"))
