with source as (

    select * from {{ source('raw', 'resource_capacity_ranges') }}

)

-- A resource is a store.
select
    account,
    marketplace_id,
    resource_id as store_id,
    capacity_type,
    range_start_at,
    range_end_at,
    capacity,
    window_start,
    observed_at,
    _dlt_load_id as load_id
from source
