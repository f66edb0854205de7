with source as (

    select * from {{ source('raw', 'resource_capacity') }}

),

-- Capacity is read in slots of one hour, aligned to UTC hours; a resource is a store.
hourly as (

    select
        account,
        marketplace_id,
        resource_id as store_id,
        slot_start_at as hour_start_at,
        scheduled_capacity,
        available_capacity,
        encumbered_capacity,
        reserved_capacity,
        observed_at,
        _dlt_load_id as load_id
    from source
    where slot_minutes = 60 and slot_start_at = {{ utc_hour('slot_start_at') }}

)

select * from hourly
