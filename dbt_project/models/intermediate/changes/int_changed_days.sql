with appointment_versions as (

    select * from {{ ref('int_appointment_versions') }}

),

job_versions as (

    select * from {{ ref('int_observed_jobs') }}

),

changed_hours as (

    select * from {{ ref('int_changed_hours') }}

),

-- All versions of a changed job, not only its newest, because days that it has left have changed too.
instants as (

    select account, marketplace_id, store_id, scheduled_start_at as instant from appointment_versions
    union all
    select account, marketplace_id, store_id, scheduled_end_at as instant from appointment_versions
    union all
    select account, marketplace_id, store_id, finished_at as instant from appointment_versions
    union all
    select account, marketplace_id, store_id, created_at as instant from job_versions
    union all
    select account, marketplace_id, store_id, hour_start_at as instant from changed_hours

),

zones as (

    select * from {{ ref('int_store_time_zones') }}

),

-- The dates of a store that has another time zone now have changed under both.
dated as (

    select
        instants.account,
        instants.marketplace_id,
        instants.store_id,
        {{ local_date_in('day', 'instants.instant') }} as service_date
    from instants
    inner join zones
        on
            instants.account = zones.account
            and instants.marketplace_id is not distinct from zones.marketplace_id
            and instants.store_id is not distinct from zones.store_id
    {{ join_local_day('day', 'instants.instant', 'zones.time_zone') }}

),

cancelled as (

    select
        dates.account,
        dates.marketplace_id,
        dates.store_id,
        dates.cancelled_date as service_date
    from {{ ref('int_cancelled_dates') }} as dates
    inner join {{ ref('int_changed_jobs') }} as changed_jobs
        on dates.account = changed_jobs.account and dates.service_job_id = changed_jobs.service_job_id

),

changed as (

    select * from dated
    where service_date is not null
    union
    select * from cancelled

)

select
    *,
    {{ week_start('service_date') }} as week_start_date
from changed
