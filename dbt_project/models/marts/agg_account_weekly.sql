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

joined as (

    select
        weeks.*,
        marketplaces.currency as payment_currency,
        clocks.as_of,
        cast({{ dbt.dateadd('day', 7, 'weeks.week_start_date') }} as date) as next_week_start_date,
        marketplaces.time_zone
    from weeks
    left join marketplaces
        on weeks.marketplace_id = marketplaces.marketplace_id
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
