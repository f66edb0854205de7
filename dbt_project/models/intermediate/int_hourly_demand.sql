{{ config(materialized='ephemeral') }}

with changed_hours as (

    select * from {{ ref('int_changed_hours') }}

),

changed_utc_days as (

    select {{ utc_day('hour_start_at') }} as utc_day from changed_hours
    union
    select {{ utc_day('hour_start_at') }} - 1 as utc_day from changed_hours

),

changed_range as (

    select
        min(hour_start_at) as first_hour_at,
        {{ plus_hours('max(hour_start_at)', 1) }} as end_at
    from changed_hours

),

appointments as (

    select * from {{ ref('int_changed_bookings') }}

),

preferred_times as (

    select * from {{ ref('int_preferred_times') }}
    where
        preferred_start_at < (select end_at from changed_range)
        and preferred_start_at >= (select first_hour_at from changed_range)
        and {{ utc_day('preferred_start_at') }} in (select utc_day from changed_utc_days)

),

booked as (

    select
        account,
        marketplace_id,
        store_id,
        {{ utc_hours_of('scheduled_start_at', 'scheduled_end_at') }} as hour_start_at,
        1 as booked_appointments,
        0 as booked_starts,
        scheduled_start_at,
        scheduled_end_at,
        0 as preferred_starts,
        0 as preferred_demand
    from appointments

),

starts as (

    select
        account,
        marketplace_id,
        store_id,
        {{ utc_hour('scheduled_start_at') }} as hour_start_at,
        0 as booked_appointments,
        1 as booked_starts,
        null as scheduled_start_at,
        null as scheduled_end_at,
        0 as preferred_starts,
        0 as preferred_demand
    from appointments
    where scheduled_start_at is not null

),

preferred as (

    select
        account,
        marketplace_id,
        store_id,
        {{ utc_hour('preferred_start_at') }} as hour_start_at,
        0 as booked_appointments,
        0 as booked_starts,
        null as scheduled_start_at,
        null as scheduled_end_at,
        1 as preferred_starts,
        demand as preferred_demand
    from preferred_times

),

demand as (

    select * from booked
    union all
    select * from starts
    union all
    select * from preferred

)

select
    account,
    marketplace_id,
    store_id,
    hour_start_at,
    cast(sum(booked_appointments) as bigint) as booked_appointments,
    cast(sum(booked_starts) as bigint) as booked_starts,
    coalesce(sum(case when booked_appointments = 1 then {{ microseconds_between(
        'greatest(scheduled_start_at, hour_start_at)', 'least(scheduled_end_at, ' ~ plus_hours('hour_start_at', 1) ~ ')'
    ) }} end), 0) / 60000000 as booked_minutes,
    cast(sum(preferred_starts) as bigint) as preferred_starts,
    cast(sum(preferred_demand) as double) as preferred_demand
from demand
group by account, marketplace_id, store_id, hour_start_at
