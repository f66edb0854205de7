select distinct
    account,
    marketplace_id,
    store_id,
    capacity_type,
    range_end_at
from {{ ref('stg_resource_capacity_ranges') }}
where load_id in (select load_id from {{ ref('int_changed_loads') }})
