with changed_jobs as (

    select * from {{ ref('int_changed_jobs') }}

),

contents as (

    select
        jobs.account,
        jobs.service_job_id,
        jobs.observed_at,
        jobs.load_id,
        jobs.has_detail,
        jobs.content_hash,
        jobs.job_status,
        jobs.is_live,
        jobs.updated_since,
        jobs.updated_until
    from {{ ref('stg_service_jobs') }} as jobs
    inner join changed_jobs
        on jobs.account = changed_jobs.account and jobs.service_job_id = changed_jobs.service_job_id

),

-- If the details could not be read, only the fields of the list are known. Such a version has the status of the list,
-- and the content of the details before it.
completed as (

    select
        account,
        service_job_id,
        observed_at,
        load_id,
        is_live,
        updated_since,
        updated_until,
        {{ last_known('case when has_detail then observed_at end') }} as detail_observed_at,
        {{ last_known('case when has_detail then load_id end') }} as detail_load_id,
        coalesce({{ last_known('case when has_detail then content_hash end') }}, content_hash) as known_content,
        case when has_detail then job_status else {{ last_known('job_status') }} end as job_status,
        max(case when has_detail then 1 else 0 end) over (partition by account, service_job_id) = 1 as has_any_detail
    from contents
    window so_far as (
        partition by account, service_job_id order by observed_at, load_id
        rows between unbounded preceding and current row
    )

),

compared as (

    select
        *,
        lag(known_content) over in_time as previous_content,
        lag(job_status) over in_time as previous_status
    from completed
    window in_time as (partition by account, service_job_id order by observed_at, load_id)

),

-- A package that arrives late can make two adjacent observations equal; the first of them is the version.
versions as (

    select * from compared
    where known_content is distinct from previous_content or job_status is distinct from previous_status

)

select
    account,
    service_job_id,
    observed_at,
    load_id,
    job_status,
    is_live,
    updated_since,
    updated_until,
    coalesce(detail_observed_at, observed_at) as content_observed_at,
    coalesce(detail_load_id, load_id) as content_load_id,
    detail_observed_at is null and has_any_detail as is_before_detail,
    min(observed_at) over (partition by account, service_job_id) as first_observed_at,
    lead(observed_at) over (partition by account, service_job_id order by observed_at, load_id) as next_observed_at
from versions
