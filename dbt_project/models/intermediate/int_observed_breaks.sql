with appointments as (

    select * from {{ ref('int_appointments') }}

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
    from {{ ref('int_appointment_versions') }}
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

),

broken_appointments as (

    select
        appointments.account,
        appointments.service_job_id,
        appointments.appointment_id,
        case appointments.outcome when 'rescheduled' then 'reschedule' else 'cancel' end as kind,
        -- An appointment is also cancelled if its job is.
        least(
            coalesce(cancelled_appointments.cancelled_at, cancelled_jobs.cancelled_at),
            coalesce(cancelled_jobs.cancelled_at, cancelled_appointments.cancelled_at)
        ) as observed_at
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
    where appointments.outcome in ('rescheduled', 'cancelled')

),

-- Jobs that were cancelled without an appointment.
broken_jobs as (

    select
        jobs.account,
        jobs.service_job_id,
        cast(null as varchar) as appointment_id,
        'cancel' as kind,
        cancelled_jobs.cancelled_at as observed_at
    from job_versions as jobs
    left join cancelled_jobs
        on jobs.account = cancelled_jobs.account and jobs.service_job_id = cancelled_jobs.service_job_id
    where
        jobs.is_current
        and jobs.job_status = 'CANCELLED'
        and (jobs.account, jobs.service_job_id) not in (
            select (account, service_job_id) from broken_appointments
            where kind = 'cancel'
        )

)

select * from broken_appointments
union all
select * from broken_jobs
