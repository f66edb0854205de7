{% set slot = ['account', 'marketplace_id', 'service_job_id', 'slot_start_at', 'slot_end_at'] %}
{{ replace_changed('int_changed_job_slots', by=slot) }}

with observations as (

    select observations.*
    from {{ ref('stg_job_appointment_slots') }} as observations
    inner join {{ ref('int_changed_job_slots') }} as changed
        on
            observations.account = changed.account
            and observations.marketplace_id = changed.marketplace_id
            and observations.service_job_id = changed.service_job_id
            and observations.slot_start_at = changed.slot_start_at
            and observations.slot_end_at is not distinct from changed.slot_end_at

),

jobs as (

    select * from {{ ref('fct_service_jobs') }}

),

compared as (

    select
        *,
        lag(capacity) over slot_history as previous_capacity,
        lag(scheduling_type) over slot_history as previous_scheduling_type,
        lag(observed_at) over slot_history as previous_observed_at
    from observations
    window slot_history as (partition by {{ slot | join(', ') }} order by observed_at, load_id)

),

-- An observation that arrives late can make two adjacent ones equal; the first of them is the change.
changes as (

    select * from compared
    where
        previous_observed_at is null
        or capacity is distinct from previous_capacity
        or scheduling_type is distinct from previous_scheduling_type

),

dated as (

    select
        *,
        lead(observed_at) over slot_history is null as is_current
    from changes
    window slot_history as (partition by {{ slot | join(', ') }} order by observed_at, load_id)

)

select
    dated.account,
    dated.marketplace_id,
    jobs.store_id,
    dated.service_job_id,
    dated.slot_start_at,
    dated.slot_end_at,
    dated.capacity,
    dated.scheduling_type,
    dated.observed_at,
    dated.is_current
from dated
left join jobs
    on dated.account = jobs.account and dated.service_job_id = jobs.service_job_id
