with loaded as (

    select _dlt_load_id as load_id from {{ source('raw', 'service_jobs') }}
    union all
    select _dlt_load_id as load_id from {{ source('raw', 'resource_capacity') }}
    union all
    select _dlt_load_id as load_id from {{ source('raw', 'resource_capacity_ranges') }}
    union all
    select _dlt_load_id as load_id from {{ source('raw', 'appointment_slots') }}
    union all
    select _dlt_load_id as load_id from {{ source('raw', 'job_appointment_slots') }}
    union all
    select load_id from {{ source('ops', 'api_writes') }}

),

loads as (

    select
        load_id,
        count(*) as row_count
    from loaded
    group by load_id

),

built_loads as (

    select * from {{ source('build_state', 'built_loads') }}

),

scope as (

    select * from {{ ref('int_build_scope') }}

)

-- A load is recognized by its id and its number of rows, not by its time, because packages are loaded in any order. A
-- load that was interrupted and completed later has more rows than before. A load has fewer rows if an observation of
-- another load makes some of its own redundant.
select
    coalesce(loads.load_id, built_loads.load_id) as load_id,
    coalesce(loads.row_count, 0) as row_count
from loads
full outer join built_loads
    on loads.load_id = built_loads.load_id
cross join scope
where scope.is_complete or coalesce(loads.row_count, 0) is distinct from built_loads.row_count
