with source as (

    select * from {{ source('raw', 'resource_capacity') }}

),

marketplaces as (

    select * from {{ ref('marketplaces') }}

),

overrides as (

    select * from {{ ref('store_time_zones') }}

),

-- Capacity is read in slots of one hour, aligned to UTC hours; a resource is a store.
hourly as (

    select
        source.account,
        source.marketplace_id,
        source.resource_id as store_id,
        coalesce(overrides.time_zone, marketplaces.time_zone) as time_zone,
        source.slot_start_at as hour_start_at,
        source.scheduled_capacity,
        source.available_capacity,
        source.encumbered_capacity,
        source.reserved_capacity,
        source.observed_at,
        source._dlt_load_id as load_id
    from source
    left join marketplaces
        on source.marketplace_id = marketplaces.marketplace_id
    left join overrides
        on source.marketplace_id = overrides.marketplace_id and source.resource_id = overrides.store_id
    where source.slot_minutes = 60 and source.slot_start_at = {{ utc_hour('source.slot_start_at') }}

)

select * from hourly
