with changed as (

    select * from {{ ref('int_changed_reasons') }}

),

appointments as (

    select appointments.*
    from {{ ref('fct_appointments') }} as appointments
    inner join changed
        on appointments.account = changed.account and appointments.service_job_id = changed.service_job_id

),

jobs as (

    select jobs.*
    from {{ ref('fct_service_jobs') }} as jobs
    inner join changed
        on jobs.account = changed.account and jobs.service_job_id = changed.service_job_id

),

cancelled_appointments as (

    select
        history.account,
        history.service_job_id,
        history.appointment_id,
        min(history.valid_from) as cancelled_at
    from {{ ref('fct_appointment_history') }} as history
    inner join changed
        on history.account = changed.account and history.service_job_id = changed.service_job_id
    where history.appointment_status = 'CANCELLED'
    group by history.account, history.service_job_id, history.appointment_id

),

cancelled_jobs as (

    select
        history.account,
        history.service_job_id,
        min(history.valid_from) as cancelled_at
    from {{ ref('fct_job_status_history') }} as history
    inner join changed
        on history.account = changed.account and history.service_job_id = changed.service_job_id
    where history.job_status = 'CANCELLED'
    group by history.account, history.service_job_id

),

broken_appointments as (

    select
        appointments.account,
        appointments.service_job_id,
        appointments.appointment_id,
        case appointments.outcome when 'rescheduled' then 'reschedule' else 'cancel' end as kind,
        -- An appointment can end because its job does.
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

-- A job that was cancelled without an appointment to lose.
broken_jobs as (

    select
        jobs.account,
        jobs.service_job_id,
        cast(null as varchar) as appointment_id,
        'cancel' as kind,
        cancelled_jobs.cancelled_at as observed_at
    from jobs
    left join cancelled_jobs
        on jobs.account = cancelled_jobs.account and jobs.service_job_id = cancelled_jobs.service_job_id
    where
        jobs.job_status = 'CANCELLED'
        and (jobs.account, jobs.service_job_id) not in (
            select (account, service_job_id) from broken_appointments
            where kind = 'cancel'
        )

)

select * from broken_appointments
union all
select * from broken_jobs
