"""marts.rpt_jobs_needing_action: one row per job and action, the morning list."""

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from include.quality import thresholds
from include.quality.rules import grain, never, stop, suite

KEY = ("account", "service_job_id", "action")


def get_suite() -> ExpectationSuite:
    return suite(
        "marts.rpt_jobs_needing_action",
        key=KEY,
        rules=[
            *grain("action", KEY),
            stop("action_unknown", "An action is one that the contract names.",
                 gxe.ExpectColumnValuesToBeInSet(column="action", value_set=thresholds.ACTIONS)),
            stop("action_without_job", "An action is about a job in fct_service_jobs.",
                 never(KEY, "(account, service_job_id) not in (select (account, service_job_id) from marts.fct_service_jobs)")),
            stop("action_overdue_wrong", "An action is overdue by a known number of hours, at least 0.",
                 never(KEY, "due_at is not null and not coalesce(overdue_hours >= 0, false)")),
            stop("action_stale_wrong", "An action is stale when it is overdue for more than 30 days.",
                 never(KEY, "is_stale is distinct from coalesce(overdue_hours > 720, false)")),
        ],
    )  # fmt: skip
