-- The dates of all jobs of a store depend on its time zone.
with rezoned_stores as (

    select * from {{ ref('int_store_time_zones') }}
    where is_rezoned

)

select
    account,
    service_job_id
from {{ ref('int_touched_jobs') }}
union
select
    jobs.account,
    jobs.service_job_id
from {{ ref('int_job_places') }} as jobs
inner join rezoned_stores
    on
        jobs.account = rezoned_stores.account
        and jobs.marketplace_id is not distinct from rezoned_stores.marketplace_id
        and jobs.store_id is not distinct from rezoned_stores.store_id
