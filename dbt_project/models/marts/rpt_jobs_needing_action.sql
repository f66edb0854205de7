with waiting_jobs as (

    select * from {{ ref('fct_service_jobs') }}
    where needs_appointment

),

open_appointments as (

    select * from {{ ref('fct_appointments') }}
    where outcome in ('upcoming', 'no_show')

),

unclosed_appointments as (

    select * from {{ ref('fct_appointments') }}
    where outcome = 'serviced' and job_status = 'NOT_SERVICED'

),

preferred_times as (

    select * from {{ ref('int_preferred_times') }}

),

items as (

    select * from {{ ref('fct_job_items') }}

),

clocks as (

    select * from {{ ref('int_as_of') }}

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
    from open_appointments
    where outcome = 'upcoming' and {{ list_size('assigned_technician_ids') }} = 0
    union all
    select
        account, marketplace_id, store_id, service_job_id,
        appointment_id, 'close_job' as action, {{ plus_hours('finished_at', 24) }} as due_at
    from unclosed_appointments
    union all
    select
        account, marketplace_id, store_id, service_job_id,
        appointment_id, 'chase_no_show' as action, scheduled_end_at as due_at
    from open_appointments
    where outcome = 'no_show'
    union all
    select
        open_appointments.account, open_appointments.marketplace_id, open_appointments.store_id,
        open_appointments.service_job_id, open_appointments.appointment_id, 'item_late' as action,
        open_appointments.scheduled_start_at as due_at
    from open_appointments
    inner join items
        on open_appointments.account = items.account and open_appointments.service_job_id = items.service_job_id
    where
        open_appointments.outcome = 'upcoming'
        and open_appointments.scheduled_start_at is not null
        and items.is_item_late_for_appointment

),

-- One row per job and action: of several appointments, preferred times or items, the one that is due first.
due_first as (

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

)

select
    due_first.account,
    due_first.marketplace_id,
    due_first.store_id,
    due_first.service_job_id,
    due_first.appointment_id,
    due_first.action,
    due_first.due_at,
    case
        when clocks.as_of > due_first.due_at then {{ hours_between('due_first.due_at', 'clocks.as_of') }}
        when clocks.as_of <= due_first.due_at then 0
    end as overdue_hours
from due_first
left join clocks
    on due_first.account = clocks.account and due_first.marketplace_id = clocks.marketplace_id
