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

zones as (

    select
        account,
        marketplace_id,
        time_zone
    from {{ ref('int_stores') }}
    union
    select
        clocks.account,
        clocks.marketplace_id,
        marketplaces.time_zone
    from clocks
    inner join marketplaces
        on clocks.marketplace_id = marketplaces.marketplace_id

),

-- A week has ended when it has ended in the westernmost store.
week_ends as (

    select
        weeks.account,
        weeks.marketplace_id,
        weeks.week_start_date,
        max({{ start_of_local_date(dbt.dateadd('day', 7, 'weeks.week_start_date'), 'zones.time_zone') }}) as ended_at
    from weeks
    inner join zones
        on weeks.account = zones.account and weeks.marketplace_id = zones.marketplace_id
    group by weeks.account, weeks.marketplace_id, weeks.week_start_date

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
        week_ends.ended_at
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
    left join week_ends
        on
            weeks.account = week_ends.account
            and weeks.marketplace_id = week_ends.marketplace_id
            and weeks.week_start_date = week_ends.week_start_date

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
    coalesce(as_of >= {{ plus_minutes('ended_at', var('no_show_after_minutes')) }}, false) as is_settled
from joined
