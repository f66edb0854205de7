{{ replace_changed('int_changed_jobs', by=['account', 'service_job_id']) }}

with waiting_jobs as (

    select jobs.*
    from {{ ref('fct_service_jobs') }} as jobs
    inner join {{ ref('int_changed_jobs') }} as changed
        on jobs.account = changed.account and jobs.service_job_id = changed.service_job_id
    where jobs.needs_appointment

),

appointments as (

    select * from {{ ref('int_appointments') }}

),

preferred_times as (

    select * from {{ ref('int_preferred_times') }}

),

items as (

    select * from {{ ref('fct_job_items') }}

),

actions as (

    select
        account, marketplace_id, store_id, service_job_id,
        cast(null as varchar) as appointment_id, 'schedule_appointment' as action,
        {{ plus_hours('created_at', 24) }} as due_at
    from waiting_jobs
    union all
    select
        waiting_jobs.account, waiting_jobs.marketplace_id, waiting_jobs.store_id, waiting_jobs.service_job_id,
        null as appointment_id, 'confirm_preferred_time' as action,
        {{ plus_hours('preferred_times.preferred_start_at', -48) }} as due_at
    from waiting_jobs
    inner join preferred_times
        on
            waiting_jobs.account = preferred_times.account
            and waiting_jobs.service_job_id = preferred_times.service_job_id
    union all
    select
        account, marketplace_id, store_id, service_job_id,
        appointment_id, 'assign_technician' as action, {{ plus_hours('scheduled_start_at', -24) }} as due_at
    from appointments
    where outcome = 'upcoming' and {{ list_size('assigned_technician_ids') }} = 0
    union all
    select
        account, marketplace_id, store_id, service_job_id,
        appointment_id, 'close_job' as action, {{ plus_hours('finished_at', 24) }} as due_at
    from appointments
    where outcome = 'serviced' and job_status = 'NOT_SERVICED'
    union all
    select
        account, marketplace_id, store_id, service_job_id,
        appointment_id, 'chase_no_show' as action, scheduled_end_at as due_at
    from appointments
    where outcome = 'no_show'
    union all
    select
        appointments.account, appointments.marketplace_id, appointments.store_id,
        appointments.service_job_id, appointments.appointment_id, 'item_late' as action,
        appointments.scheduled_start_at as due_at
    from appointments
    inner join items
        on appointments.account = items.account and appointments.service_job_id = items.service_job_id
    where
        appointments.outcome = 'upcoming'
        and appointments.scheduled_start_at is not null
        and items.is_item_late_for_appointment

)

-- One row per job and action: of several appointments, preferred times or items, the one that is due first.
select
    account,
    marketplace_id,
    store_id,
    service_job_id,
    {{ first('appointment_id', by=['due_at', 'appointment_id']) }} as appointment_id,
    action,
    min(due_at) as due_at
from actions
group by account, marketplace_id, store_id, service_job_id, action
