with job_versions as (

    select * from {{ ref('int_observed_jobs') }}

),

appointment_versions as (

    select * from {{ ref('int_appointment_versions') }}

),

changed_hours as (

    select * from {{ ref('int_changed_hours') }}

),

days as (

    select {{ utc_day('created_at') }} as utc_day from job_versions
    union
    select {{ utc_day('scheduled_start_at') }} as utc_day from appointment_versions
    union
    select {{ utc_day('scheduled_end_at') }} as utc_day from appointment_versions
    union
    select {{ utc_day('finished_at') }} as utc_day from appointment_versions
    union
    select {{ utc_day('observed_at') }} as utc_day from job_versions
    where job_status = 'CANCELLED'
    union
    select {{ utc_day('hour_start_at') }} as utc_day from changed_hours

),

time_zones as (

    select distinct time_zone from {{ ref('int_store_time_zones') }}
    where time_zone is not null

),

first_dates as (

    select
        time_zones.time_zone,
        days.utc_day,
        {{ local_date(start_of_utc_day('days.utc_day'), 'time_zones.time_zone') }} as first_date
    from days
    cross join time_zones
    where days.utc_day is not null

),

next_dates as (

    select
        *,
        cast({{ dbt.dateadd('day', 1, 'first_date') }} as date) as next_date
    from first_dates

)

select
    time_zone,
    utc_day,
    first_date,
    next_date,
    {{ start_of_local_date('next_date', 'time_zone') }} as next_date_starts_at
from next_dates
