with appointment_versions as (

    select * from {{ ref('int_appointment_versions') }}

),

job_versions as (

    select * from {{ ref('int_observed_jobs') }}

),

capacity as (

    select * from {{ ref('stg_resource_capacity') }}
    where
        load_id in (select load_id from {{ ref('int_changed_loads') }})
        or (account, marketplace_id, store_id) in (
            select (account, marketplace_id, store_id) from {{ ref('int_store_time_zones') }}
            where is_rezoned
        )

),

-- All versions of a changed job, not only its newest, because hours that it has left have changed too.
booked as (

    select
        account,
        marketplace_id,
        store_id,
        {{ utc_hours_of('scheduled_start_at', 'scheduled_end_at') }} as hour_start_at
    from appointment_versions

),

starts as (

    select
        account,
        marketplace_id,
        store_id,
        {{ utc_hour('scheduled_start_at') }} as hour_start_at
    from appointment_versions
    where scheduled_start_at is not null

),

preferred_times as (

    select
        account,
        marketplace_id,
        store_id,
        {{ any_element('preferred_start_times') }} as preferred_start_at
    from job_versions

),

preferred as (

    select
        account,
        marketplace_id,
        store_id,
        {{ utc_hour('preferred_start_at') }} as hour_start_at
    from preferred_times

),

observed as (

    select
        account,
        marketplace_id,
        store_id,
        hour_start_at
    from capacity

)

select * from booked
union
select * from starts
union
select * from preferred
union
select * from observed
