-- The counts of a job equal those of its appointments.
with facts as (

    select
        count(*) as appointments,
        count(*) filter (where outcome = 'rescheduled') as reschedules,
        count(*) filter (where outcome = 'serviced') as serviced
    from {{ ref('fct_appointments') }}

),

jobs as (

    select
        coalesce(sum(appointment_count), 0) as appointments,
        coalesce(sum(reschedule_count), 0) as reschedules,
        coalesce(sum(serviced_count), 0) as serviced
    from {{ ref('fct_service_jobs') }}

)

select * from facts
except
select * from jobs
