"""marts.agg_store_daily: one row per store and day; each appointment once."""

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from include.quality.rules import no_rows, stop, suite, warn
from include.quality.suites.aggregates import figures
from include.warehouse import measures

KEY = ("account", "marketplace_id", "store_id", "service_date")

APPOINTMENTS_DIFFER = f"""
    select account, marketplace_id
    from (
        select account, marketplace_id, sum(appointments) as in_days, sum(on_time) as on_time_in_days
        from {{batch}} as days
        group by account, marketplace_id
    ) full join (
        select account, marketplace_id, {measures.columns("fct_appointments", ("appointments", "on_time"))}
        from marts.fct_appointments
        where service_date is not null
        group by account, marketplace_id
    ) using (account, marketplace_id)
    where coalesce(in_days, 0) <> coalesce(appointments, 0) or coalesce(on_time_in_days, 0) <> coalesce(on_time, 0)
"""
# a job in an unknown marketplace has no local date
JOBS_DIFFER = """
    select account, marketplace_id
    from (
        select account, marketplace_id, sum(jobs_created) as in_days
        from {batch} as days
        group by account, marketplace_id
    ) full join (
        select account, marketplace_id, count(created_at) as in_jobs
        from marts.fct_service_jobs
        where marketplace_id in (select marketplace_id from marts.dim_marketplace)
            or (account, marketplace_id, store_id) in (
                select (account, marketplace_id, store_id) from marts.dim_store where time_zone is not null
            )
        group by account, marketplace_id
    ) using (account, marketplace_id)
    where coalesce(in_days, 0) <> coalesce(in_jobs, 0)
"""


def get_suite() -> ExpectationSuite:
    return suite(
        "marts.agg_store_daily",
        key=KEY,
        rules=[
            *figures("store_day", KEY, nullable=["store_id"]),
            stop("store_day_totals_differ", "The days of all stores add up to fct_appointments.",
                 no_rows(APPOINTMENTS_DIFFER)),
            stop("store_day_jobs_differ", "The days of all stores add up to the jobs created.", no_rows(JOBS_DIFFER)),
            warn("store_day_oversubscribed", "No more capacity is encumbered than usable.",
                 gxe.ExpectColumnValuesToBeBetween(column="utilization", min_value=0, max_value=1)),
        ],
    )  # fmt: skip
