"""marts.fct_job_status_history: one row per job and period of a status."""

from great_expectations import ExpectationSuite

from include.quality.rules import no_rows, stop, suite
from include.quality.suites.periods import periods

KEY = ("account", "service_job_id")

CURRENT_DIFFERS = """
    select jobs.account, jobs.service_job_id
    from marts.fct_service_jobs as jobs left join {batch} as history
        on jobs.account = history.account and jobs.service_job_id = history.service_job_id and history.is_current
    where history.account is null or jobs.job_status is distinct from history.job_status
"""


def get_suite() -> ExpectationSuite:
    return suite(
        "marts.fct_job_status_history",
        key=(*KEY, "valid_from"),
        rules=[
            *periods("status_history", KEY),
            stop("status_history_current_differs", "The current status of a job's history is its status.",
                 no_rows(CURRENT_DIFFERS)),
        ],
    )  # fmt: skip
