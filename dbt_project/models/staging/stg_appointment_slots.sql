with source as (

    select * from {{ source('raw', 'appointment_slots') }}

)

select
    account,
    marketplace_id,
    store_id,
    asin,
    slot_start_at,
    slot_end_at,
    capacity,
    scheduling_type,
    observed_at,
    _dlt_load_id as load_id
from source
