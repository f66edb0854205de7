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

clocks as (

    select * from {{ source('build_state', 'built_clocks') }}
    union all
    select * from {{ ref('int_as_of') }}

),

passed as (

    select
        account,
        marketplace_id,
        {{ utc_hour("min(case when as_of > cast('-infinity' as timestamp with time zone) then as_of end)") }}
            as first_hour_at,
        {{ utc_hour('max(as_of)') }} as last_hour_at
    from clocks
    group by account, marketplace_id

),

-- Hours that have passed between the clocks of two builds.
past as (

    select
        stores.account,
        stores.marketplace_id,
        stores.store_id,
        {{ utc_hours_between('passed.first_hour_at', 'passed.last_hour_at') }} as hour_start_at
    from {{ ref('int_stores') }} as stores
    inner join passed
        on stores.account = passed.account and stores.marketplace_id = passed.marketplace_id

)

select * from booked
union
select * from starts
union
select * from preferred
union
select
    account,
    marketplace_id,
    store_id,
    hour_start_at
from capacity
union
select * from past
