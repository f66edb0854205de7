-- Each appointment with a date counts in exactly one day of one store.
with facts as (

    select
        count(*) as appointments,
        count(is_on_time_arrival) as scored,
        count(*) filter (where is_on_time_arrival) as on_time,
        count(*) filter (where outcome = 'no_show') as no_shows,
        count(fulfillment_break) as fulfillment_breaks
    from {{ ref('fct_appointments') }}
    where service_date is not null

),

days as (

    select
        coalesce(sum(appointments), 0) as appointments,
        coalesce(sum(scored), 0) as scored,
        coalesce(sum(on_time), 0) as on_time,
        coalesce(sum(no_shows), 0) as no_shows,
        coalesce(sum(fulfillment_breaks), 0) as fulfillment_breaks
    from {{ ref('agg_store_daily') }}

)

select * from facts
except
select * from days
