{{ replace_changed('int_changed_loads', by=['load_id']) }}
{% set shapes = service_job_shapes() %}

with source as (

    select * from {{ source('raw', 'service_jobs') }}
    where _dlt_load_id in (select load_id from {{ ref('int_changed_loads') }})

),

parsed as (

    select
        *,
        {{ from_json('scope_of_work', shapes) }} as scope,
        {{ from_json('buyer', shapes) }} as buyer_facts,
        {{ from_json('service_location', shapes) }} as location,
        {{ from_json('preferred_appointment_times', shapes) }} as preferred_times,
        {{ from_json('appointments', shapes) }} as appointment_structs,
        {{ from_json('associated_items', shapes) }} as item_structs,
        {{ from_json('payments', shapes) }} as payment_structs
    from source

),

renamed as (

    select
        -- ids
        account,
        marketplace_id,
        store_id,
        service_job_id,
        service_order_id,

        -- the observed version
        observed_at,
        content_hash,
        coalesce(has_detail, true) as has_detail,
        coalesce(mode = 'scheduled' and filter = 'updated', false) as is_live,
        case when filter = 'updated' then window_start end as updated_since,
        case when filter = 'updated' then window_end end as updated_until,
        _dlt_load_id as load_id,

        -- the job
        service_job_status as job_status,
        create_time as created_at,
        coalesce(service_type, scope.servicetype) as service_type,
        scope.asin,
        scope.title as service_title,
        scope.quantity,
        {{ known_values('scope.requiredSkills') }} as required_skills,

        -- location and buyer
        location.servicelocationtype as service_location_type,
        location.address.city,
        location.address.stateorregion as state_or_region,
        location.address.postalcode as postal_code,
        location.address.countrycode as country_code,
        buyer_facts.buyerkey as buyer_key,
        buyer_facts.isprimemember as is_prime_buyer,

        -- lists
        {{ field_of_each('preferred_times', 'startTime') }} as preferred_start_times,
        appointment_structs as appointments,
        item_structs as items,
        payment_structs as payments,

        -- range of the appointments' ends, by which `int_changed_jobs` finds new no-shows
        {{ earliest_of(scheduled_ends('appointment_structs')) }} as first_scheduled_end_at,
        {{ latest_of(scheduled_ends('appointment_structs')) }} as last_scheduled_end_at
    from parsed

)

select * from renamed
