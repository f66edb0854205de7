select distinct
    account,
    marketplace_id,
    store_id,
    asin,
    slot_start_at,
    slot_end_at
from {{ ref('stg_appointment_slots') }}
where load_id in (select load_id from {{ ref('int_changed_loads') }})
