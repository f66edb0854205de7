-- The weeks and the days of stores count the same appointments.
with weeks as (

    select
        coalesce(sum(appointments), 0) as appointments,
        coalesce(sum(scored), 0) as scored,
        coalesce(sum(on_time), 0) as on_time,
        coalesce(sum(minutes_on_site), 0) as minutes_on_site
    from {{ ref('agg_account_weekly') }}

),

store_days as (

    select
        coalesce(sum(appointments), 0) as appointments,
        coalesce(sum(scored), 0) as scored,
        coalesce(sum(on_time), 0) as on_time,
        coalesce(sum(minutes_on_site), 0) as minutes_on_site
    from {{ ref('agg_store_daily') }}

)

select * from weeks
except
select * from store_days
