-- Each appointment with a date counts in exactly one day of one store.
with facts as (

    select
        {{ appointment_counts() }},
        {{ figure('reschedules') }} as reschedules
    from {{ ref('fct_appointments') }}
    where service_date is not null

),

days as (

    select
        coalesce(sum(appointments), 0) as appointments,
        coalesce(sum(scored), 0) as scored,
        coalesce(sum(on_time), 0) as on_time,
        coalesce(sum(completed_in_window), 0) as completed_in_window,
        coalesce(sum(no_shows), 0) as no_shows,
        coalesce(sum(fulfillment_breaks), 0) as fulfillment_breaks,
        coalesce(sum(minutes_on_site), 0) as minutes_on_site,
        coalesce(sum(reschedules), 0) as reschedules
    from {{ ref('agg_store_daily') }}

)

select * from facts
except
select * from days
