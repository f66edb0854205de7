with jobs as (

    select
        *,
        row_number() over (
            partition by account, marketplace_id, asin
            order by service_title is null asc, last_observed_at desc, service_job_id asc
        ) as age
    from {{ ref('fct_service_jobs') }}
    where asin is not null

)

-- A service is called what the newest job of it calls it.
select
    account,
    marketplace_id,
    asin,
    service_title,
    required_skills
from jobs
where age = 1
