{{ replace_changed('int_changed_jobs', by=['account', 'service_job_id']) }}

with versions as (

    select
        *,
        concat_ws('|', appointment_status, scheduled_start_at, scheduled_minutes, assigned_technician_ids) as state
    from {{ ref('int_appointment_versions') }}

),

compared as (

    select
        *,
        lag(state) over appointment_history as previous_state,
        lag(next_observed_at) over appointment_history as previous_until
    from versions
    window appointment_history as (partition by account, service_job_id, appointment_id order by observed_at)

),

-- A period ends if the state changes, or if the appointment is missing in a version of the job.
numbered as (

    select
        *,
        count(case when state is distinct from previous_state or observed_at is distinct from previous_until then 1 end)
            over (
                partition by account, service_job_id, appointment_id order by observed_at
                rows between unbounded preceding and current row
            ) as period_number
    from compared

),

periods as (

    select
        account,
        service_job_id,
        appointment_id,
        appointment_status,
        scheduled_start_at,
        scheduled_minutes,
        assigned_technician_ids,
        min(observed_at) as valid_from,
        {{ first('is_live', by=['observed_at']) }} as is_live,
        case when count(next_observed_at) = count(*) then max(next_observed_at) end as valid_to
    from numbered
    group by
        account,
        service_job_id,
        appointment_id,
        appointment_status,
        scheduled_start_at,
        scheduled_minutes,
        assigned_technician_ids,
        period_number

)

select
    account,
    service_job_id,
    appointment_id,
    appointment_status,
    scheduled_start_at,
    scheduled_minutes,
    assigned_technician_ids,
    valid_from,
    valid_to,
    valid_to is null as is_current,
    is_live
from periods
