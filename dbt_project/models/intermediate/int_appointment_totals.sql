{{ config(materialized='ephemeral') }}

select
    account,
    service_job_id,
    min(scheduled_start_at) as first_scheduled_start_at,
    count(*) as appointment_count,
    count(*) filter (where outcome = 'rescheduled') as reschedule_count,
    count(*) filter (where outcome = 'serviced') as serviced_count,
    count(*) filter (where appointment_status = 'ACTIVE') as active_count,
    count(*) filter (where outcome = 'upcoming' and {{ list_size('assigned_technician_ids') }} = 0)
        as unassigned_count
from {{ ref('int_appointments') }}
group by account, service_job_id
