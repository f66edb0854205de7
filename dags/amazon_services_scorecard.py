"""### Weekly scorecard.

Runs after each publication. When a week of an account and marketplace is settled (two days after its end; then only late proofs
change its figures), it writes the scorecard of the week, which compares it with the week before, as a self-contained HTML file to
`reports/` of the warehouse, and mails it to the addresses in `SERVICES_REPORT_EMAILS`, if any, through the connection
`smtp_default`. Each week is mailed once; an account that is loaded for the first time begins with the next week that is settled.

`{"mail_again": true}` mails the newest settled week even if it was mailed before. `make report` writes a scorecard, and mails
nothing.
"""

from airflow.sdk import Param, dag, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from amazon_services.alerts import addresses
from amazon_services.assets import WAREHOUSE_PUBLISHED
from amazon_services.dag_parts import DAG_ARGS, show_label
from include.warehouse.inputs import run_parameters


@task
def due(params: dict) -> list[dict]:
    """Find the weeks to mail: an account, a marketplace with its name, and a Monday each."""
    from include.dashboard import mailings, settled

    account, again = run_parameters.text(params, "account"), run_parameters.flag(params, "mail_again")
    weeks = mailings.due(account)
    if again:
        newest = [week for _, _, week in settled.newest_of_each()]
        weeks = [week for week in newest if week and account in (None, week.account)]
    return [week.as_json() for week in weeks]


@task(map_index_template="{{ label }}")
def mail(week: dict, params: dict) -> str:
    """Write the scorecard of a week, and mail it."""
    from contextlib import ExitStack

    from airflow.providers.smtp.hooks.smtp import SmtpHook

    from include.dashboard import mailings, scorecard
    from include.dashboard.settled import Week

    settled = Week.from_json(week)
    title, to = scorecard.title(settled), addresses("SERVICES_REPORT_EMAILS")
    show_label(title)
    try:
        with ExitStack() as stack:
            # connected first: a week is noted only when it can be mailed
            smtp = stack.enter_context(SmtpHook("smtp_default")) if to else None
            stack.enter_context(mailings.noted(settled, again=run_parameters.flag(params, "mail_again")))
            file = scorecard.write(week=settled)
            if smtp:
                smtp.send_email_smtp(to=to, subject=title, html_content=file.read_text(encoding="utf-8"))
    except mailings.AlreadyMailed as error:
        raise AirflowSkipException(str(error)) from error
    except mailings.MaybeMailed as error:
        # a retry cannot find out
        raise AirflowFailException(str(error)) from error
    if not to:
        raise AirflowSkipException(f"SERVICES_REPORT_EMAILS has no addresses. The scorecard is in {file}.")
    return str(file)


@dag(
    schedule=[WAREHOUSE_PUBLISHED],
    max_active_runs=1,
    doc_md=__doc__,
    params={
        "account": Param(None, type=["null", "string"], description="One account; all accounts by default"),
        "mail_again": Param(False, type="boolean", description="Mail the newest settled week even if it was mailed before"),
    },
    **DAG_ARGS,
)
def amazon_services_scorecard():
    """Wire the tasks."""
    mail.expand(week=due())


amazon_services_scorecard()
