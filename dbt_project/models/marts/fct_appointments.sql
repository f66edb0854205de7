{{ replace_changed('int_changed_jobs', by=['account', 'service_job_id']) }}

with appointments as (

    select * from {{ ref('int_appointments') }}

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
        case outcome
            when 'serviced'
                then arrived_at <= {{ plus_minutes('scheduled_start_at', var('on_time_grace_minutes')) }}
            when 'no_show' then false
        end as is_on_time_arrival,
        case outcome
            when 'serviced' then finished_at <= scheduled_end_at
            when 'no_show' then false
        end as is_completed_in_window,
        case
            when {{ list_size('preferred_start_times') }} > 0
                then {{ list_has('preferred_start_times', 'scheduled_start_at') }}
        end as is_preferred_time
    from appointments

),

compared as (

    select
        *,
        case
            when outcome = 'no_show' then 'no_show'
            when is_on_time_arrival then 'on_time'
            when arrived_at <= {{ plus_minutes('scheduled_start_at', 30) }} then 'late_up_to_30'
            when arrived_at <= {{ plus_minutes('scheduled_start_at', 60) }} then 'late_up_to_60'
            when arrived_at > {{ plus_minutes('scheduled_start_at', 60) }} then 'late_over_60'
        end as lateness_band,
        case
            when has_assignees and has_performers
                then
                    outcome = 'serviced'
                    and not {{ lists_overlap('assigned_technician_ids', 'proven_technician_ids') }}
        end as is_technician_mismatch,
        case when has_performers then proven_technician_ids else assigned_technician_ids end
            as performing_technician_ids
    from derived

),

final as (

    select
        account,
        marketplace_id,
        store_id,
        service_job_id,
        appointment_id,
        service_order_id,
        asin,
        service_title,
        service_location_type,
        job_status,
        appointment_status,
        job_created_at,
        scheduled_start_at,
        scheduled_end_at,
        scheduled_minutes,
        time_zone,
        service_date,
        arrived_at,
        finished_at,
        minutes_on_site,
        poa_uploaded_at,
        poa_type,
        arrival_evidence,
        outcome,
        arrival_delay_minutes,
        lateness_band,
        is_on_time_arrival,
        is_completed_in_window,
        is_technician_mismatch,
        case
            when outcome = 'no_show' then 'no_show'
            when job_status = 'NOT_FULFILLABLE' and outcome != 'serviced' then 'unfulfillable'
            when not is_completed_in_window then 'late_completion'
            when is_technician_mismatch then 'technician_mismatch'
        end as fulfillment_break,
        assigned_technician_ids,
        performing_technician_ids,
        replaced_by_appointment_id,
        replaces_appointment_id,
        sequence_in_job,
        lead_time_hours,
        is_preferred_time,
        first_observed_at,
        observed_at as last_observed_at
    from compared

)

select * from final
-- sorted, so that queries for some days skip the blocks of other days
order by scheduled_start_at
