"""marts.fct_job_payments: one row per payment of a job."""

from great_expectations import ExpectationSuite

from include.quality.rules import grain, never, no_rows, stop, suite, warn

KEY = ("account", "service_job_id", "payment_position")

TOTALS_DIFFER = """
    select account, service_job_id
    from marts.fct_service_jobs as jobs left join (
        select account, service_job_id, sum(amount) as paid from {batch} as payments group by account, service_job_id
    ) using (account, service_job_id)
    where payment_currency is not null and round(payment_total, 2) is distinct from round(paid, 2)
"""


def get_suite() -> ExpectationSuite:
    return suite(
        "marts.fct_job_payments",
        key=KEY,
        rules=[
            *grain("payment", KEY),
            stop("payment_totals_differ", "The payments of a job in one currency add up to its payment_total.",
                 no_rows(TOTALS_DIFFER)),
            warn("payment_amount_unusual", "A payment has an amount of at least 0 in a currency of three letters.",
                 never(KEY, "not coalesce(amount >= 0 and regexp_full_match(currency, '[A-Z][A-Z][A-Z]'), false)")),
        ],
    )  # fmt: skip
