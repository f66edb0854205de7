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
        observed_at,
        technician.technicianid as technician_id,
        technician.name as technician_name
    from technicians
    where technician.technicianid is not null

)

select
    account,
    service_job_id,
    technician_id,
    {{ newest('technician_name', by=['observed_at', 'technician_name']) }} as technician_name,
    -- when that name was observed
    coalesce(max(observed_at) filter (where technician_name is not null), max(observed_at)) as observed_at
from named
group by account, service_job_id, technician_id
