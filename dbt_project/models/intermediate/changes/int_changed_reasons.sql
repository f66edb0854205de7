with changed_jobs as (

    select * from {{ ref('int_changed_jobs') }}

),

writes as (

    select * from {{ ref('stg_api_writes') }}

),

changed_loads as (

    select * from {{ ref('int_changed_loads') }}

),

with_new_writes as (

    select
        account,
        service_job_id
    from writes
    where load_id in (select load_id from changed_loads)

)

select
    account,
    service_job_id
from changed_jobs
union
select
    account,
    service_job_id
from with_new_writes
