{{ replace_changed('int_changed_jobs', by=['account', 'service_job_id']) }}

with versions as (

    select * from {{ ref('int_observed_jobs') }}

),

jobs as (

    select * from versions
    where is_current

),

visits as (

    select
        account,
        service_job_id,
        max(case when outcome = 'serviced' then finished_at end) as last_finished_at,
        max(scheduled_end_at) as last_scheduled_end_at
    from {{ ref('int_appointments') }}
    group by account, service_job_id

),

-- The first version with this status, if it was observed soon after the change.
cancellations as (

    select
        account,
        service_job_id,
        min(observed_at) as observed_at,
        {{ first('is_live', by=['observed_at', 'load_id']) }} as is_live
    from versions
    where job_status = 'CANCELLED'
    group by account, service_job_id

),

instants as (

    select
        jobs.account,
        jobs.marketplace_id,
        jobs.store_id,
        jobs.service_job_id,
        jobs.time_zone,
        jobs.created_at,
        case when jobs.job_status = 'COMPLETED' then visits.last_finished_at end as completed_at,
        case when jobs.job_status = 'COMPLETED' then coalesce(visits.last_finished_at, visits.last_scheduled_end_at) end
            as counted_as_completed_at,
        case when jobs.job_status = 'CANCELLED' and cancellations.is_live then cancellations.observed_at end
            as cancelled_at
    from jobs
    left join visits
        on jobs.account = visits.account and jobs.service_job_id = visits.service_job_id
    left join cancellations
        on jobs.account = cancellations.account and jobs.service_job_id = cancellations.service_job_id

)

select
    instants.account,
    instants.marketplace_id,
    instants.store_id,
    instants.service_job_id,
    {{ local_date_in('created_day', 'instants.created_at') }} as created_date,
    instants.completed_at,
    {{ local_date_in('completed_day', 'instants.counted_as_completed_at') }} as completed_date,
    {{ local_date_in('cancelled_day', 'instants.cancelled_at') }} as cancelled_date
from instants
{{ join_local_day('created_day', 'instants.created_at', 'instants.time_zone') }}
{{ join_local_day('completed_day', 'instants.counted_as_completed_at', 'instants.time_zone') }}
{{ join_local_day('cancelled_day', 'instants.cancelled_at', 'instants.time_zone') }}
-- sorted, so that queries for some days skip the blocks of other days
order by created_date
