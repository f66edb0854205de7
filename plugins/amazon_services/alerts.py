"""Who is told of a stopped publication or a late hour: Airflow's own notifiers, where the environment names a receiver."""

import os
from datetime import timedelta

from airflow.sdk import AsyncCallback, DeadlineAlert, DeadlineReference

SUBJECT = "Services Warehouse: {{ dag.dag_id }} was stopped by its audit"
# the error names tables, rules, counts and keys: there is no personal data in it
TEXT = "Run {{ run_id }}, task {{ ti.task_id }}:\n{{ exception }}"

LATE_SUBJECT = "Services Warehouse: a run of {{ dag_run.dag_id }} is late"
LATE_TEXT = "Run {{ dag_run.dag_run_id }} has not ended in the time that it should take; see its tasks in Airflow."
LATE_AFTER = timedelta(hours=2)


def alerts() -> list:
    """What runs when a task has failed for good; empty without a receiver.

    `SERVICES_ALERT_EMAILS`: addresses, comma-separated, written to through the connection `smtp_default`.
    `SERVICES_ALERT_SLACK`: the id of a connection of type Slack Incoming Webhook.
    """
    return [notifier(**arguments) for notifier, arguments in _receivers(SUBJECT, TEXT)]


def deadlines() -> list[DeadlineAlert]:
    """For a DAG's `deadline`: the same receivers are told when a run has not ended `LATE_AFTER` it was queued."""
    return [
        DeadlineAlert(DeadlineReference.DAGRUN_QUEUED_AT, LATE_AFTER, AsyncCallback(notifier, arguments), name="late")
        for notifier, arguments in _receivers(LATE_SUBJECT, LATE_TEXT)
    ]


def addresses(variable: str) -> list[str]:
    """The e-mail addresses that a setting names, comma-separated."""
    return [address.strip() for address in os.environ.get(variable, "").split(",") if address.strip()]


def _receivers(subject: str, text: str) -> list[tuple[type, dict]]:
    """Notifier and its arguments, for each receiver that is named."""
    receivers: list[tuple[type, dict]] = []
    if to := addresses("SERVICES_ALERT_EMAILS"):
        from airflow.providers.smtp.notifications.smtp import SmtpNotifier

        body = f"<pre>{text.replace(' }}', ' | e }}')}</pre>"
        receivers.append((SmtpNotifier, {"to": to, "subject": subject, "html_content": body}))
    if webhook := os.environ.get("SERVICES_ALERT_SLACK", "").strip():
        from airflow.providers.slack.notifications.slack_webhook import SlackWebhookNotifier

        receivers.append((SlackWebhookNotifier, {"slack_webhook_conn_id": webhook, "text": f"{subject}\n{text}"}))
    return receivers
