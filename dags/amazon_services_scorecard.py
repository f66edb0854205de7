"""### Weekly scorecard.

Runs every Monday. Writes the scorecard, which compares the last whole week with the week before, as a self-contained HTML file to
`reports/scorecard.html` of the warehouse, and mails it to the addresses in `SERVICES_REPORT_EMAILS`, if any, through the
connection `smtp_default`. `make report` writes the same file.
"""

from airflow.sdk import Param, dag, task
from airflow.sdk.exceptions import AirflowSkipException

from amazon_services.alerts import addresses
from amazon_services.dag_parts import DAG_ARGS, weekly
from include.warehouse.inputs import run_parameters


@dag(
    schedule=weekly(),
    max_active_runs=1,
    doc_md=__doc__,
    params={"account": Param(None, type=["null", "string"], description="One account; by default all accounts together")},
    **DAG_ARGS,
)
def amazon_services_scorecard():
    """Wire the tasks."""

    @task
    def write(params: dict) -> str:
        from include.dashboard import scorecard

        return str(scorecard.write(account=run_parameters.text(params, "account")))

    @task
    def mail(file: str) -> int:
        from pathlib import Path

        from airflow.providers.smtp.hooks.smtp import SmtpHook

        to = addresses("SERVICES_REPORT_EMAILS")
        if not to:
            raise AirflowSkipException("SERVICES_REPORT_EMAILS has no addresses.")
        with SmtpHook("smtp_default") as smtp:
            smtp.send_email_smtp(to=to, subject="Services: the week", html_content=Path(file).read_text(encoding="utf-8"))
        return len(to)

    mail(write())


amazon_services_scorecard()
