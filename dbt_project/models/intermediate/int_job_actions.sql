{{ replace_changed('int_changed_jobs', by=['account', 'service_job_id']) }}

with appointments as (

    select * from {{ ref('int_appointments') }}

),

items as (

    select * from {{ ref('fct_job_items') }}

),

actions as (

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
        appointment_id, 'obtain_proof' as action, {{ plus_hours('scheduled_end_at', 24) }} as due_at
    from appointments
    where outcome in ('awaiting_proof', 'unproven')
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

-- One row per job and action: of several appointments or items, the one that is due first.
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
