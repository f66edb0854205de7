with changed_loads as (

    select * from {{ ref('int_changed_loads') }}

),

clocks as (

    select * from {{ source('build_state', 'built_clocks') }}
    union all
    select * from {{ ref('int_as_of') }}

),

-- From the earliest to the latest clock that anything now in the marts may have been judged by.
judged as (

    select
        account,
        marketplace_id,
        min(as_of) as earliest_as_of,
        max(as_of) as latest_as_of
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

-- An appointment between the clocks turns into a no-show (or back) without any new row.
with_new_outcomes as (

    select
        jobs.account,
        jobs.service_job_id
    from {{ ref('stg_service_jobs') }} as jobs
    inner join judged
        on
            jobs.account = judged.account
            and jobs.marketplace_id = judged.marketplace_id
            and {{ plus_minutes('jobs.last_scheduled_end_at', var('no_show_after_minutes')) }} >= judged.earliest_as_of
            and {{ plus_minutes('jobs.first_scheduled_end_at', var('no_show_after_minutes')) }} < judged.latest_as_of

)

select * from with_new_versions
union
select * from with_new_outcomes
