{{ replace_changed('int_changed_jobs', by=['account', 'service_job_id']) }}

with jobs as (

    select * from {{ ref('int_observed_jobs') }}
    where is_current

)

select
    account,
    marketplace_id,
    store_id,
    service_job_id,
    {{ any_element('preferred_start_times') }} as preferred_start_at,
    -- of a job that may still be served, in all 1
    case
        when coalesce(job_status, 'unknown') in ('CANCELLED', 'NOT_FULFILLABLE') then 0
        else cast(1.0 / {{ list_size('preferred_start_times') }} as decimal(38, 15))
    end as demand
from jobs
