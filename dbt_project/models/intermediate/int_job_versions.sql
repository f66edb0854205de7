with changed_jobs as (

    select * from {{ ref('int_changed_jobs') }}

),

contents as (

    select
        jobs.account,
        jobs.service_job_id,
        jobs.observed_at,
        jobs.load_id,
        jobs.content_hash,
        lag(jobs.content_hash) over (
            partition by jobs.account, jobs.service_job_id order by jobs.observed_at, jobs.load_id
        ) as previous_hash
    from {{ ref('stg_service_jobs') }} as jobs
    inner join changed_jobs
        on jobs.account = changed_jobs.account and jobs.service_job_id = changed_jobs.service_job_id

),

-- A package that arrives late can put two equal contents next to each other: the first of them is the version.
versions as (

    select * from contents
    where content_hash is distinct from previous_hash

)

select
    account,
    service_job_id,
    observed_at,
    load_id,
    min(observed_at) over (partition by account, service_job_id) as first_observed_at,
    lead(observed_at) over (partition by account, service_job_id order by observed_at, load_id) as next_observed_at
from versions
