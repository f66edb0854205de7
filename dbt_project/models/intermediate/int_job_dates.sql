{{ replace_changed('int_changed_jobs', by=['account', 'service_job_id']) }}

with jobs as (

    select * from {{ ref('int_observed_jobs') }}
    where is_current

),

appointments as (

    select * from {{ ref('int_appointments') }}

),

completions as (

    select
        account,
        service_job_id,
        max(finished_at) as completed_at
    from appointments
    where outcome = 'serviced' and job_status = 'COMPLETED'
    group by account, service_job_id

)

select
    jobs.account,
    jobs.marketplace_id,
    jobs.store_id,
    jobs.service_job_id,
    {{ local_date_in('created_day', 'jobs.created_at') }} as created_date,
    completions.completed_at,
    {{ local_date_in('completed_day', 'completions.completed_at') }} as completed_date
from jobs
left join completions
    on jobs.account = completions.account and jobs.service_job_id = completions.service_job_id
{{ join_local_day('created_day', 'jobs.created_at', 'jobs.time_zone') }}
{{ join_local_day('completed_day', 'completions.completed_at', 'jobs.time_zone') }}
-- sorted, so that queries for some days skip the blocks of other days
order by created_date
