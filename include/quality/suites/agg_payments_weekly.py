"""marts.agg_payments_weekly: one row per store, week, currency and payment instrument."""

from great_expectations import ExpectationSuite

from include.quality.rules import grain, never, no_rows, stop, suite

KEY = ("account", "marketplace_id", "store_id", "week_start_date", "currency", "instrument")

DIFFER = """
    select account, marketplace_id, currency
    from (
        select account, marketplace_id, currency, payments, amount
        from {batch} as weeks
        union all
        select account, marketplace_id, currency, -1, -amount
        from marts.fct_job_payments join marts.fct_service_jobs using (account, service_job_id)
        where completed_date is not null
    )
    group by account, marketplace_id, currency
    having sum(payments) <> 0 or sum(amount) <> 0
"""


def get_suite() -> ExpectationSuite:
    return suite(
        "marts.agg_payments_weekly",
        key=KEY,
        rules=[
            *grain("payment_week", KEY, nullable=["store_id", "currency", "instrument"]),
            stop("payment_week_count_impossible", "A week has at least as many payments as jobs.",
                 never(KEY, "not coalesce(jobs >= 1 and payments >= jobs, false)")),
            stop("payment_week_totals_differ", "The weeks add up to the payments of completed jobs.", no_rows(DIFFER)),
        ],
    )  # fmt: skip
