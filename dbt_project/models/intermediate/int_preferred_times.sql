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
    {{ any_element('preferred_start_times') }} as preferred_start_at
from jobs
