"""Who is told when an audit stops a publication: Airflow's own notifiers, where the environment names a receiver."""

import os

SUBJECT = "Services Warehouse: {{ dag.dag_id }} was stopped by its audit"
# the error names tables, rules, counts and keys: there is no personal data in it
TEXT = "Run {{ run_id }}, task {{ ti.task_id }}:\n{{ exception }}"


def alerts() -> list:
    """What runs when a task has failed for good; empty without a receiver.

    `SERVICES_ALERT_EMAILS`: addresses, comma-separated, written to through the connection `smtp_default`.
    `SERVICES_ALERT_SLACK`: the id of a connection of type Slack Incoming Webhook.
    """
    notifiers = []
    if addresses := [address.strip() for address in os.environ.get("SERVICES_ALERT_EMAILS", "").split(",") if address.strip()]:
        from airflow.providers.smtp.notifications.smtp import SmtpNotifier

        notifiers.append(SmtpNotifier(to=addresses, subject=SUBJECT, html_content=f"<pre>{TEXT.replace(' }}', ' | e }}')}</pre>"))
    if webhook := os.environ.get("SERVICES_ALERT_SLACK", "").strip():
        from airflow.providers.slack.notifications.slack_webhook import SlackWebhookNotifier

        notifiers.append(SlackWebhookNotifier(slack_webhook_conn_id=webhook, text=f"{SUBJECT}\n{TEXT}"))
    return notifiers
