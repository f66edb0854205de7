{{ replace_changed('int_changed_jobs', by=['account', 'service_job_id']) }}

with versions as (

    select * from {{ ref('int_observed_jobs') }}

),

compared as (

    select
        *,
        lag(job_status) over job_history as previous_status,
        lag(observed_at) over job_history as previous_observed_at
    from versions
    window job_history as (partition by account, service_job_id order by observed_at, load_id)

),

numbered as (

    select
        *,
        count(case when previous_observed_at is null or job_status is distinct from previous_status then 1 end)
            over (
                partition by account, service_job_id order by observed_at, load_id
                rows between unbounded preceding and current row
            ) as period_number
    from compared

),

periods as (

    select
        account,
        service_job_id,
        job_status,
        min(observed_at) as valid_from,
        {{ first('is_live', by=['observed_at', 'load_id']) }} as is_live,
        case when count(next_observed_at) = count(*) then max(next_observed_at) end as valid_to
    from numbered
    group by account, service_job_id, job_status, period_number

)

select
    account,
    service_job_id,
    job_status,
    valid_from,
    valid_to,
    valid_to is null as is_current,
    is_live
from periods
