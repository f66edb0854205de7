with changed_loads as (

    select * from {{ ref('int_changed_loads') }}

),

clocks as (

    select * from {{ source('build_state', 'built_clocks') }}
    union all
    select * from {{ ref('int_as_of') }}

),

-- The ranges of scheduled ends whose outcome may differ: between the earliest and the latest clock by which outcomes in
-- the marts were determined, less the time after which an outcome changes. Plain columns are compared with them, so
-- that the engine can skip blocks.
judged as (

    {% for minutes in [0, var('no_show_after_minutes')] %}
    select
        account,
        marketplace_id,
        {{ plus_minutes('min(as_of)', '-' ~ minutes) }} as earliest_end_at,
        {{ plus_minutes('max(as_of)', '-' ~ minutes) }} as latest_end_at
    from clocks
    group by account, marketplace_id
    {{ 'union all' if not loop.last }}
    {% endfor %}

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

-- The outcome of an appointment that ended between the clocks changes without a new row.
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

),

-- Covered ranges of the last complete build that a window between them has joined to one: whether an appointment was
-- moved after its window can be known now.
joined_ranges as (

    select
        built.account,
        built.marketplace_id,
        built.range_start,
        built.range_end,
        count(*) over (partition by built.account, built.marketplace_id, covered.range_start) as range_count
    from {{ source('build_state', 'built_ranges') }} as built
    inner join {{ ref('int_covered_ranges') }} as covered
        on
            built.account = covered.account
            and built.marketplace_id = covered.marketplace_id
            and built.range_start >= covered.range_start
            and built.range_end <= covered.range_end

),

with_joined_versions as (

    select
        jobs.account,
        jobs.service_job_id
    from {{ ref('stg_service_jobs') }} as jobs
    inner join joined_ranges
        on
            jobs.account = joined_ranges.account
            and jobs.marketplace_id = joined_ranges.marketplace_id
            and jobs.updated_since >= joined_ranges.range_start
            and jobs.updated_until <= joined_ranges.range_end
    where joined_ranges.range_count > 1
    group by jobs.account, jobs.service_job_id
    having count(distinct joined_ranges.range_start) > 1

)

select * from with_new_versions
union
select * from with_new_writes
union
select * from with_new_outcomes
union
select * from with_joined_versions
