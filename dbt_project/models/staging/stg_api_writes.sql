with source as (

    select * from {{ source('ops', 'api_writes') }}

),

renamed as (

    select
        -- ids
        account,
        write_id,
        load_id,
        service_job_id,
        appointment_id,

        -- request
        case operation
            when 'rescheduleAppointmentForServiceJobByServiceJobId' then 'reschedule'
            when 'cancelServiceJobByServiceJobId' then 'cancel'
        end as kind,
        reason_code,
        requested_by,
        sent_at,

        -- outcome
        outcome in ('accepted', 'confirmed') as is_carried_out,
        outcome in ('sent', 'unknown', 'repeated') as is_undecided
    from source
    where service_job_id is not null

)

select * from renamed
