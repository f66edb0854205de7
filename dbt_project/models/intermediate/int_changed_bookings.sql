{{ config(materialized='ephemeral') }}

-- Appointments that may overlap a changed hour.
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

)

-- Only an appointment that starts on a changed day or the day before, or that lasts longer than a day, can overlap a
-- changed hour. Plain columns are compared, so that the engine can skip the blocks of other days.
select * from {{ ref('fct_appointments') }}
where
    appointment_status in ('ACTIVE', 'COMPLETED')
    and scheduled_start_at < (select end_at from changed_range)
    and (scheduled_end_at is null or scheduled_end_at > (select first_hour_at from changed_range))
    and (
        scheduled_minutes > 1440
        or {{ utc_day('scheduled_start_at') }} in (select utc_day from changed_utc_days)
    )
