-- Each ACTIVE or COMPLETED appointment starts in exactly one hour.
with facts as (

    select count(scheduled_start_at) as booked_starts
    from {{ ref('fct_appointments') }}
    where appointment_status in ('ACTIVE', 'COMPLETED')

),

hours as (

    select coalesce(sum(booked_starts), 0) as booked_starts
    from {{ ref('fct_demand_capacity_hourly') }}

)

select * from facts
except
select * from hours
