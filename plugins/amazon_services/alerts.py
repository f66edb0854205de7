"""Notifications of failed audits and late runs, by Airflow's notifiers, if the environment names receivers."""

import os
from datetime import timedelta

# the type stubs of Airflow 3.3.2 lack these names
from airflow.sdk import AsyncCallback, DeadlineAlert, DeadlineReference  # type: ignore[attr-defined]

SUBJECT = "Services Warehouse: {{ dag.dag_id }} was stopped by its audit"
# the error names tables, rules, counts and keys, and has no personal data
TEXT = "Run {{ run_id }}, task {{ ti.task_id }}:\n{{ exception }}"

LATE_SUBJECT = "Services Warehouse: a run of {{ dag_run.dag_id }} is late"
LATE_TEXT = "Run {{ dag_run.dag_run_id }} has not ended in the expected time; see its tasks in Airflow."
LATE_AFTER = timedelta(hours=2)


def alerts() -> list:
    """Notifiers for a task's `on_failure_callback`; none without receivers.

    `SERVICES_ALERT_EMAILS` has comma-separated addresses, for the connection `smtp_default`. `SERVICES_ALERT_SLACK` has the id of
    a connection of type Slack Incoming Webhook.
    """
    return [notifier(**arguments) for notifier, arguments in _receivers(SUBJECT, TEXT)]


def deadlines() -> list[DeadlineAlert]:
    """Alerts for a DAG's `deadline`: they notify the same receivers if a run has not ended `LATE_AFTER` it was queued."""
    return [
        DeadlineAlert(DeadlineReference.DAGRUN_QUEUED_AT, LATE_AFTER, AsyncCallback(notifier, arguments), name="late")
        for notifier, arguments in _receivers(LATE_SUBJECT, LATE_TEXT)
    ]


def addresses(variable: str) -> list[str]:
    """The comma-separated e-mail addresses in an environment variable."""
    return [address.strip() for address in os.environ.get(variable, "").split(",") if address.strip()]


def _receivers(subject: str, text: str) -> list[tuple[type, dict]]:
    """Notifier class and arguments for each receiver."""
    receivers: list[tuple[type, dict]] = []
    if to := addresses("SERVICES_ALERT_EMAILS"):
        from airflow.providers.smtp.notifications.smtp import SmtpNotifier

        body = f"<pre>{text.replace(' }}', ' | e }}')}</pre>"
        receivers.append((SmtpNotifier, {"to": to, "subject": subject, "html_content": body}))
    if webhook := os.environ.get("SERVICES_ALERT_SLACK", "").strip():
        from airflow.providers.slack.notifications.slack_webhook import SlackWebhookNotifier

        receivers.append((SlackWebhookNotifier, {"slack_webhook_conn_id": webhook, "text": f"{subject}\n{text}"}))
    return receivers
