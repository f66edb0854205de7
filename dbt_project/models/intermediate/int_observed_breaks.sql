with moved_appointments as (

    select * from {{ ref('int_moved_appointments') }}

),

cancelled_jobs as (

    select
        account,
        service_job_id,
        min(case when job_status = 'CANCELLED' then observed_at end) as cancelled_at
    from {{ ref('int_observed_jobs') }}
    group by account, service_job_id
    having count(case when is_current and job_status = 'CANCELLED' then 1 end) > 0

),

-- Jobs that were cancelled without an appointment.
cancelled_alone as (

    select * from cancelled_jobs
    where (account, service_job_id) not in (
        select (account, service_job_id) from moved_appointments
        where kind = 'cancel'
    )

)

select
    account,
    service_job_id,
    appointment_id,
    kind,
    moved_at as observed_at
from moved_appointments
union all
select
    account,
    service_job_id,
    cast(null as varchar) as appointment_id,
    'cancel' as kind,
    cancelled_at as observed_at
from cancelled_alone
