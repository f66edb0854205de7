{% set by = ['last_observed_at', 'service_job_id'] %}

with jobs as (

    select
        *,
        case when {{ list_size('required_skills') }} > 0 then required_skills end as known_skills
    from {{ ref('fct_service_jobs') }}
    where asin is not null

),

-- Title and skills come from the newest job that has them.
newest as (

    select
        account,
        marketplace_id,
        asin,
        {{ newest('service_title', by) }} as service_title,
        {{ newest('known_skills', by) }} as known_skills
    from jobs
    group by account, marketplace_id, asin

)

select
    account,
    marketplace_id,
    asin,
    service_title,
    {{ known_values('known_skills') }} as required_skills
from newest
