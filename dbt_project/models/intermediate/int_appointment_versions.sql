with job_versions as (

    select * from {{ ref('int_observed_jobs') }}

),

numbered as (

    select
        *,
        {{ positions_of('appointments') }} as position
    from job_versions

),

elements as (

    select
        *,
        {{ element_at('appointments', 'position') }} as appointment,
        {{ appointment_ids('appointments') }} as appointment_ids
    from numbered

),

renamed as (

    select
        -- ids
        account,
        marketplace_id,
        store_id,
        service_job_id,
        {{ element_at('appointment_ids', 'position') }} as appointment_id,
        position,

        -- the job in this version
        service_order_id,
        asin,
        service_title,
        service_location_type,
        job_status,
        created_at as job_created_at,
        preferred_start_times,
        time_zone,

        -- the observed version
        observed_at,
        next_observed_at,
        is_current,
        is_live,
        updated_since,
        updated_until,

        -- as scheduled
        appointment.appointmentstatus as appointment_status,
        appointment.appointmenttime.starttime as scheduled_start_at,
        cast(appointment.appointmenttime.durationinminutes as bigint) as scheduled_minutes,
        {{ field_of_each('appointment.assignedTechnicians', 'technicianId') }} as assigned_technician_ids,
        appointment.rescheduledappointmentid as replaced_by_appointment_id,
        {{ appointment_replaced_by('appointments', 'appointment_ids', element_at('appointment_ids', 'position')) }}
            as replaces_appointment_id,

        -- as proven
        appointment.poa is not null as has_proof,
        appointment.poa.appointmenttime.starttime as arrived_at,
        cast(appointment.poa.appointmenttime.durationinminutes as bigint) as minutes_on_site,
        {{ field_of_each('appointment.poa.technicians', 'technicianId') }} as proven_technician_ids,
        appointment.poa.uploadtime as poa_uploaded_at,
        appointment.poa.poatype as poa_type
    from elements
    where
        -- If an id occurs twice in one payload, only its first occurrence counts.
        {{ position_of('appointment_ids', element_at('appointment_ids', 'position')) }} = position
        -- The list has no ids: once details are known, its appointments must not count again under other ids.
        and not is_before_detail

)

select
    *,
    {{ plus_minutes('scheduled_start_at', 'scheduled_minutes') }} as scheduled_end_at,
    {{ plus_minutes('arrived_at', 'minutes_on_site') }} as finished_at
from renamed
