with jobs as (

    select * from {{ ref('fct_service_jobs') }}

),

appointments as (

    select * from {{ ref('fct_appointments') }}

),

earliest_preferences as (

    select
        account,
        service_job_id,
        min(preferred_start_at) as preferred_start_at
    from {{ ref('int_preferred_times') }}
    group by account, service_job_id

),

late_items as (

    select distinct
        account,
        service_job_id
    from {{ ref('fct_job_items') }}
    where is_item_late_for_appointment

),

clocks as (

    select * from {{ ref('int_as_of') }}

),

actions as (

    select
        account, marketplace_id, store_id, service_job_id,
        cast(null as varchar) as appointment_id, 'schedule_appointment' as action,
        {{ plus_hours('created_at', 24) }} as due_at
    from jobs
    where needs_appointment
    union all
    select
        jobs.account, jobs.marketplace_id, jobs.store_id, jobs.service_job_id,
        null as appointment_id, 'confirm_preferred_time' as action,
        {{ plus_hours('earliest_preferences.preferred_start_at', -48) }} as due_at
    from jobs
    inner join earliest_preferences
        on jobs.account = earliest_preferences.account and jobs.service_job_id = earliest_preferences.service_job_id
    where jobs.needs_appointment
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
        appointments.account, appointments.marketplace_id, appointments.store_id, appointments.service_job_id,
        appointments.appointment_id, 'item_late' as action,
        appointments.scheduled_start_at as due_at
    from appointments
    inner join late_items
        on appointments.account = late_items.account and appointments.service_job_id = late_items.service_job_id
    where appointments.outcome = 'upcoming' and appointments.scheduled_start_at is not null

),

-- One row per job and action: of several appointments, the one that is due first.
due_first as (

    select
        *,
        row_number() over (
            partition by account, service_job_id, action order by due_at asc nulls last, appointment_id asc
        ) as place
    from actions

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
where due_first.place = 1
