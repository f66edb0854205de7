{{ config(materialized='ephemeral') }}

-- When appointments were rescheduled or cancelled, by the first version that shows it.
with appointments as (

    select * from {{ ref('int_appointments') }}
    where outcome in ('rescheduled', 'cancelled')

),

appointment_versions as (

    select * from {{ ref('int_appointment_versions') }}

),

job_versions as (

    select * from {{ ref('int_observed_jobs') }}

),

cancelled_appointments as (

    select
        account,
        service_job_id,
        appointment_id,
        min(observed_at) as cancelled_at
    from appointment_versions
    where appointment_status = 'CANCELLED'
    group by account, service_job_id, appointment_id

),

cancelled_jobs as (

    select
        account,
        service_job_id,
        min(observed_at) as cancelled_at
    from job_versions
    where job_status = 'CANCELLED'
    group by account, service_job_id

)

select
    appointments.account,
    appointments.marketplace_id,
    appointments.service_job_id,
    appointments.appointment_id,
    case appointments.outcome when 'rescheduled' then 'reschedule' else 'cancel' end as kind,
    -- An appointment is also cancelled if its job is.
    least(
        coalesce(cancelled_appointments.cancelled_at, cancelled_jobs.cancelled_at),
        coalesce(cancelled_jobs.cancelled_at, cancelled_appointments.cancelled_at)
    ) as moved_at
from appointments
left join cancelled_appointments
    on
        appointments.account = cancelled_appointments.account
        and appointments.service_job_id = cancelled_appointments.service_job_id
        and appointments.appointment_id = cancelled_appointments.appointment_id
left join cancelled_jobs
    on
        appointments.account = cancelled_jobs.account
        and appointments.service_job_id = cancelled_jobs.service_job_id
