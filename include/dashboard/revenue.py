"""Payments of completed jobs, by currency: amounts of different currencies are never added up."""

from include.dashboard.context import QueryContext


def revenue(context: QueryContext) -> dict:
    """`currencies`, the one with most jobs first: amounts and jobs that were completed in the period and in the previous one."""
    currencies = context.rows(f"""
        with jobs as (
            select account, service_job_id, completed_date >= $start as is_current, payment_total, payment_currency
            from marts.fct_service_jobs
            where completed_date between $before and $end
                and {context.filters.condition("account", "marketplace", "store", "service")}
        ),
        -- one row for each job and currency; a total is NULL with several currencies
        paid as (
            select is_current, payment_currency as currency, payment_total as amount
            from jobs where payment_total is not null
            union all
            select is_current, currency, sum(amount) as amount
            from marts.fct_job_payments
            inner join (from jobs where payment_total is null) as jobs using (account, service_job_id)
            where amount is not null
            group by account, service_job_id, is_current, currency
        )
        select
            currency,
            coalesce(sum(amount) filter (is_current), 0)::double as amount,
            coalesce(sum(amount) filter (not is_current), 0)::double as amount_before,
            count(*) filter (is_current) as jobs,
            count(*) filter (not is_current) as jobs_before
        from paid group by currency order by jobs desc, currency
    """)
    return {"currencies": currencies, "period": context.period.as_json(), "period_before": context.period.before.as_json()}
