-- The time zones by which dates in the marts were determined, and those by which this build determines them.
with zones as (

    select
        account,
        marketplace_id,
        store_id,
        time_zone
    from {{ ref('int_stores') }}
    union
    select
        account,
        marketplace_id,
        store_id,
        time_zone
    from {{ source('build_state', 'built_stores') }}

)

select
    *,
    count(*) over (partition by account, marketplace_id, store_id) > 1 as is_rezoned
from zones
