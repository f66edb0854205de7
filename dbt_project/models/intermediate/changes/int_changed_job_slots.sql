with slots as (

    select * from {{ ref('stg_job_appointment_slots') }}

),

observed as (

    select
        account,
        marketplace_id,
        service_job_id,
        slot_start_at,
        slot_end_at
    from slots
    where load_id in (select load_id from {{ ref('int_changed_loads') }})

),

-- The slots of a job have the store of the job, which can change.
of_touched_jobs as (

    select
        slots.account,
        slots.marketplace_id,
        slots.service_job_id,
        slots.slot_start_at,
        slots.slot_end_at
    from slots
    inner join {{ ref('int_touched_jobs') }} as touched_jobs
        on slots.account = touched_jobs.account and slots.service_job_id = touched_jobs.service_job_id

)

select * from observed
union
select * from of_touched_jobs
