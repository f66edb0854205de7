"""marts.agg_account_weekly: one row per account, marketplace and week."""

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from include.quality.rules import never, no_rows, stop, suite
from include.quality.suites.aggregates import figures

KEY = ("account", "marketplace_id", "week_start_date")

DIFFER = """
    select account, marketplace_id
    from (
        select account, marketplace_id, sum(appointments) as in_weeks from {batch} as weeks group by account, marketplace_id
    ) full join (
        select account, marketplace_id, count(service_date) as in_appointments
        from marts.fct_appointments
        group by account, marketplace_id
    ) using (account, marketplace_id)
    where coalesce(in_weeks, 0) <> coalesce(in_appointments, 0)
"""

PAYMENTS_DIFFER = """
    select account, marketplace_id, week_start_date
    from {batch} as weeks full join (
        select account, marketplace_id, week_start_date, sum(amount) as paid
        from marts.agg_payments_weekly
        where (marketplace_id, currency) in (select (marketplace_id, currency) from marts.dim_marketplace)
        group by account, marketplace_id, week_start_date
    ) using (account, marketplace_id, week_start_date)
    where payment_total is distinct from paid
"""


def get_suite() -> ExpectationSuite:
    return suite(
        "marts.agg_account_weekly",
        key=KEY,
        rules=[
            *figures("week", KEY),
            stop("week_not_from_monday", "A week starts on a Monday.", never(KEY, "isodow(week_start_date) <> 1")),
            stop("week_totals_differ", "The weeks of all accounts add up to fct_appointments.", no_rows(DIFFER)),
            stop("week_payments_differ", "The payments of the weeks are those of their stores in the marketplace's currency.",
                 no_rows(PAYMENTS_DIFFER)),
            stop("week_first_visit_rate_wrong", "The rate of first visits that resolved their job is between 0 and 1.",
                 gxe.ExpectColumnValuesToBeBetween(column="first_visit_resolution_rate", min_value=0, max_value=1)),
        ],
    )  # fmt: skip
