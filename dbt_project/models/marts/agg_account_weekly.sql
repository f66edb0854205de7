-- Not incremental, because a week is settled without a change of it.
with weeks as (

    select * from {{ ref('int_account_weekly') }}

),

marketplaces as (

    select * from {{ ref('marketplaces') }}

),

clocks as (

    select * from {{ ref('int_as_of') }}

),

-- In other currencies they stand in agg_payments_weekly alone.
payments as (

    select
        payments.account,
        payments.marketplace_id,
        payments.week_start_date,
        cast(sum(payments.amount) as decimal(18, 4)) as payment_total
    from {{ ref('agg_payments_weekly') }} as payments
    inner join marketplaces
        on payments.marketplace_id = marketplaces.marketplace_id and payments.currency = marketplaces.currency
    group by payments.account, payments.marketplace_id, payments.week_start_date

),

joined as (

    select
        weeks.*,
        payments.payment_total,
        marketplaces.currency as payment_currency,
        clocks.as_of,
        cast({{ dbt.dateadd('day', 7, 'weeks.week_start_date') }} as date) as next_week_start_date,
        marketplaces.time_zone
    from weeks
    left join marketplaces
        on weeks.marketplace_id = marketplaces.marketplace_id
    left join payments
        on
            weeks.account = payments.account
            and weeks.marketplace_id = payments.marketplace_id
            and weeks.week_start_date = payments.week_start_date
    left join clocks
        on weeks.account = clocks.account and weeks.marketplace_id = clocks.marketplace_id

)

select
    account,
    marketplace_id,
    week_start_date,
    {{ appointment_figures() }},
    completed_jobs,
    resolved_jobs,
    first_visit_resolutions,
    {{ figure('first_visit_resolution_rate', 'columns') }} as first_visit_resolution_rate,
    cancellations,
    jobs_created,
    jobs_cancelled,
    jobs_cancelled_by_customer,
    jobs_cancelled_by_provider,
    median_hours_to_first_appointment,
    payment_total,
    payment_currency,
    coalesce(
        as_of
        >= {{ plus_minutes(start_of_local_date('next_week_start_date', 'time_zone'), var('no_show_after_minutes')) }},
        false
    ) as is_settled
from joined
