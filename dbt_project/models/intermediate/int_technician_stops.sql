-- Not incremental, because its days move with `as_of`.
with todays as (

    select distinct
        stores.account,
        stores.marketplace_id,
        stores.time_zone,
        {{ local_date('clocks.as_of', 'stores.time_zone') }} as today
    from {{ ref('dim_store') }} as stores
    inner join {{ ref('int_as_of') }} as clocks
        on stores.account = clocks.account and stores.marketplace_id = clocks.marketplace_id

),

-- With the days before and after: stops overlap past midnight, and technicians work in several time zones.
appointments as (

    select
        appointments.*,
        todays.today
    from {{ ref('fct_appointments') }} as appointments
    inner join todays
        on
            appointments.account = todays.account
            and appointments.marketplace_id = todays.marketplace_id
            and appointments.time_zone = todays.time_zone
            and appointments.service_date between todays.today - 1 and todays.today + 8
    where
        appointments.outcome in ('upcoming', 'awaiting_proof', 'no_show')
        or (appointments.outcome in ('serviced', 'unproven') and appointments.service_date <= todays.today)

),

technicians as (

    select
        account,
        service_job_id,
        appointment_id,
        {{ any_element('list_distinct(performing_technician_ids)') }} as technician_id
    from appointments

)

select
    appointments.account,
    appointments.marketplace_id,
    appointments.store_id,
    appointments.service_job_id,
    appointments.appointment_id,
    technicians.technician_id,
    appointments.service_title,
    appointments.job_status,
    appointments.outcome,
    appointments.time_zone,
    appointments.service_date,
    appointments.service_date between appointments.today and appointments.today + 7 as is_in_schedule,
    appointments.scheduled_start_at,
    appointments.scheduled_end_at,
    appointments.last_observed_at,
    jobs.city,
    jobs.state_or_region,
    jobs.postal_code
from appointments
left join technicians
    on
        appointments.account = technicians.account
        and appointments.service_job_id = technicians.service_job_id
        and appointments.appointment_id = technicians.appointment_id
inner join {{ ref('fct_service_jobs') }} as jobs
    on appointments.account = jobs.account and appointments.service_job_id = jobs.service_job_id
