{{ replace_changed('int_touched_jobs', by=['account', 'service_job_id']) }}

with touched_jobs as (

    select * from {{ ref('int_touched_jobs') }}

),

-- The state is known from the details alone.
newest_first as (

    select
        jobs.account,
        jobs.service_job_id,
        jobs.marketplace_id,
        jobs.store_id,
        jobs.state_or_region,
        row_number() over (
            partition by jobs.account, jobs.service_job_id
            order by jobs.has_detail desc, jobs.observed_at desc, jobs.load_id desc
        ) as age
    from {{ ref('stg_service_jobs') }} as jobs
    inner join touched_jobs
        on jobs.account = touched_jobs.account and jobs.service_job_id = touched_jobs.service_job_id

)

select
    account,
    service_job_id,
    marketplace_id,
    store_id,
    state_or_region
from newest_first
where age = 1
