with changed_loads as (

    select * from {{ ref('int_changed_loads') }}

),

clocks as (

    select * from {{ source('build_state', 'built_clocks') }}
    union all
    select * from {{ ref('int_as_of') }}

),

-- The range of scheduled ends whose outcome may differ: from the earliest to the latest clock by which outcomes in the
-- marts were determined. Plain columns are compared with it, so that the engine can skip blocks.
judged as (

    select
        account,
        marketplace_id,
        {{ plus_minutes('min(as_of)', '-' ~ var('no_show_after_minutes')) }} as earliest_end_at,
        {{ plus_minutes('max(as_of)', '-' ~ var('no_show_after_minutes')) }} as latest_end_at
    from clocks
    group by account, marketplace_id

),

with_new_versions as (

    select
        account,
        service_job_id
    from {{ ref('stg_service_jobs') }}
    where load_id in (select load_id from changed_loads)

),

with_new_writes as (

    select
        account,
        service_job_id
    from {{ ref('stg_api_writes') }}
    where load_id in (select load_id from changed_loads)

),

-- An appointment that ended between the clocks becomes a no-show (or stops being one) without a new row.
with_new_outcomes as (

    select
        jobs.account,
        jobs.service_job_id
    from {{ ref('stg_service_jobs') }} as jobs
    inner join judged
        on
            jobs.account = judged.account
            and jobs.marketplace_id = judged.marketplace_id
            and jobs.last_scheduled_end_at >= judged.earliest_end_at
            and jobs.first_scheduled_end_at < judged.latest_end_at

)

select * from with_new_versions
union
select * from with_new_writes
union
select * from with_new_outcomes
