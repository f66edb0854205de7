{{ replace_changed('int_changed_jobs', by=['account', 'service_job_id']) }}

with jobs as (

    select * from {{ ref('int_observed_jobs') }}

),

technicians as (

    select
        account,
        service_job_id,
        observed_at,
        {{ any_element(technicians_of('appointments')) }} as technician
    from jobs

),

named as (

    select
        account,
        service_job_id,
        technician.technicianid as technician_id,
        technician.name as technician_name,
        observed_at,
        row_number() over (
            partition by account, service_job_id, technician.technicianid
            order by technician.name is null asc, observed_at desc, technician.name asc
        ) as age
    from technicians
    where technician.technicianid is not null

)

select
    account,
    service_job_id,
    technician_id,
    technician_name,
    observed_at
from named
where age = 1
