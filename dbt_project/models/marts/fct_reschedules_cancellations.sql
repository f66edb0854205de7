{{ replace_changed('int_changed_jobs', by=['account', 'service_job_id']) }}

with matched as (

    select * from {{ ref('int_matched_reasons') }}

),

jobs as (

    select * from {{ ref('int_observed_jobs') }}
    where is_current

),

appointments as (

    select * from {{ ref('int_appointments') }}

),

reasons as (

    select
        kind,
        code,
        min(description) as reason
    from {{ ref('dim_reason_code') }}
    group by kind, code

),

joined as (

    select
        matched.*,
        jobs.marketplace_id,
        jobs.store_id,
        jobs.created_at as job_created_at,
        appointments.scheduled_start_at,
        appointments.service_date,
        appointments.replaced_by_appointment_id,
        -- A condition on only one side would prevent a hash join.
        case matched.kind when 'reschedule' then replacements.scheduled_start_at end as new_scheduled_start_at,
        case matched.kind when 'reschedule' then replacements.service_date end as new_service_date,
        reasons.reason,
        coalesce(matched.written_at, matched.observed_at) as decided_at
    from matched
    left join jobs
        on matched.account = jobs.account and matched.service_job_id = jobs.service_job_id
    left join appointments
        on
            matched.account = appointments.account
            and matched.service_job_id = appointments.service_job_id
            and matched.appointment_id = appointments.appointment_id
    left join appointments as replacements
        on
            appointments.account = replacements.account
            and appointments.service_job_id = replacements.service_job_id
            and appointments.replaced_by_appointment_id = replacements.appointment_id
    left join reasons
        on matched.kind = reasons.kind and matched.reason_code = reasons.code

)

select
    account,
    marketplace_id,
    store_id,
    service_job_id,
    appointment_id,
    kind,
    case when observed_at is null then 'written' when is_written then 'both' else 'observed' end as evidence,
    coalesce(reason_code, 'unknown') as reason_code,
    coalesce(reason, 'unknown') as reason,
    requested_by,
    written_at,
    observed_at,
    scheduled_start_at,
    service_date,
    replaced_by_appointment_id,
    new_scheduled_start_at,
    new_service_date,
    {{ hours_between('scheduled_start_at', 'new_scheduled_start_at') }} as hours_later,
    new_service_date - service_date as days_later,
    {{ hours_between('decided_at', 'scheduled_start_at') }} as notice_hours,
    {{ hours_between('job_created_at', 'decided_at') }} as hours_since_created
from joined
