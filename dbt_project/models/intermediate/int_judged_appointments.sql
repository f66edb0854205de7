with appointments as (

    select * from {{ ref('int_appointments') }}

),

moved as (

    select * from {{ ref('int_moved_appointments') }}

),

reasons as (

    select * from {{ ref('int_matched_reasons') }}

),

joined as (

    select
        appointments.*,
        moved.is_moved_after_window,
        case
            when appointments.outcome in ('rescheduled', 'cancelled')
                then coalesce(reasons.responsible_party, 'unknown')
        end as responsible_party
    from appointments
    left join moved
        on
            appointments.account = moved.account
            and appointments.service_job_id = moved.service_job_id
            and appointments.appointment_id = moved.appointment_id
    left join reasons
        on
            moved.account = reasons.account
            and moved.service_job_id = reasons.service_job_id
            and moved.appointment_id = reasons.appointment_id
            and moved.kind = reasons.kind

),

derived as (

    select
        *,
        {{ whole_minutes_between('scheduled_start_at', 'arrived_at') }} as arrival_delay_minutes,
        {{ hours_between('job_created_at', 'scheduled_start_at') }} as lead_time_hours,
        {{ list_size('proven_technician_ids') }} > 0 as has_performers,
        {{ list_size('assigned_technician_ids') }} > 0 as has_assignees,
        case
            when not has_proof then 'none'
            when poa_type = 'CUSTOMER_SIGNATURE' then 'signature'
            when poa_type = 'POA_RECEIPT' then 'receipt'
            when poa_type in ('NO_SIGNATURE_DUMMY_POS', 'DUMMY_RECEIPT') then 'dummy'
            else 'other'
        end as arrival_evidence,
        case outcome when 'no_show' then true when 'serviced' then false else is_moved_after_window end as is_missed,
        {{ hours_between('coalesce(finished_at, arrived_at)', 'poa_uploaded_at') }} as proof_delay_hours,
        case
            when {{ list_size('preferred_start_times') }} > 0
                then {{ list_has('preferred_start_times', 'scheduled_start_at') }}
        end as is_preferred_time
    from joined

),

scored as (

    select
        *,
        case
            when outcome = 'serviced'
                then arrived_at <= {{ plus_minutes('scheduled_start_at', var('on_time_grace_minutes')) }}
            when is_missed and coalesce(responsible_party, 'unknown') != 'customer' then false
        end as is_on_time_arrival,
        case
            when outcome = 'serviced'
                then arrival_evidence in ('signature', 'receipt') and coalesce(proof_delay_hours <= 24, false)
        end as is_verified_arrival
    from derived

),

compared as (

    select
        *,
        case when outcome = 'serviced' then finished_at <= scheduled_end_at else is_on_time_arrival end
            as is_completed_in_window,
        case
            when outcome = 'no_show' then 'no_show'
            when outcome != 'serviced' and not is_on_time_arrival then 'missed_then_moved'
            when arrived_at < {{ plus_minutes('scheduled_start_at', -30) }} then 'early_over_30'
            when is_on_time_arrival then 'on_time'
            when arrived_at <= {{ plus_minutes('scheduled_start_at', 30) }} then 'late_up_to_30'
            when arrived_at <= {{ plus_minutes('scheduled_start_at', 60) }} then 'late_up_to_60'
            when arrived_at > {{ plus_minutes('scheduled_start_at', 60) }} then 'late_over_60'
        end as lateness_band,
        case
            when outcome = 'serviced' and has_assignees and has_performers
                then not {{ lists_overlap('assigned_technician_ids', 'proven_technician_ids') }}
        end as is_technician_mismatch,
        case when has_performers then proven_technician_ids else assigned_technician_ids end
            as performing_technician_ids
    from scored

)

select
    *,
    case
        when outcome = 'no_show' then 'no_show'
        when lateness_band = 'missed_then_moved' then 'missed_then_moved'
        when outcome = 'unfulfillable' then 'unfulfillable'
        when outcome = 'serviced' and not is_completed_in_window then 'late_completion'
        when is_technician_mismatch then 'technician_mismatch'
    end as fulfillment_break
from compared
