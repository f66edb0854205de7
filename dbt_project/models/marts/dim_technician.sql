with sightings as (

    select * from {{ ref('int_job_technicians') }}

),

newest_first as (

    select
        *,
        row_number() over (
            partition by account, technician_id
            order by technician_name is null asc, observed_at desc, technician_name asc, service_job_id asc
        ) as age
    from sightings

)

select
    account,
    technician_id,
    technician_name
from newest_first
where age = 1
