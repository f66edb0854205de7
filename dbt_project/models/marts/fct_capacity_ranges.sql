{% set range = ['account', 'marketplace_id', 'store_id', 'capacity_type', 'range_end_at'] %}
{{ replace_changed('int_changed_ranges', by=range) }}

with observations as (

    select observations.*
    from {{ ref('stg_resource_capacity_ranges') }} as observations
    inner join {{ ref('int_changed_ranges') }} as changed
        on
            observations.account = changed.account
            and observations.marketplace_id = changed.marketplace_id
            and observations.store_id = changed.store_id
            and observations.capacity_type = changed.capacity_type
            and observations.range_end_at = changed.range_end_at

),

-- A reading does not tell the start of a range that has begun. If the capacity is still that of the observation before,
-- and the range started by then, it is the same range.
with_starts as (

    select
        *,
        case
            when range_start_at is not null then range_start_at
            when
                capacity = lag(capacity) over range_history
                and lag(range_start_at) over range_history <= window_start
                then lag(range_start_at) over range_history
        end as known_start_at
    from observations
    window range_history as (partition by {{ range | join(', ') }} order by observed_at, load_id)

),

compared as (

    select
        *,
        lag(capacity) over range_history as previous_capacity,
        lag(known_start_at) over range_history as previous_start_at,
        lag(observed_at) over range_history as previous_observed_at
    from with_starts
    window range_history as (partition by {{ range | join(', ') }} order by observed_at, load_id)

),

changes as (

    select * from compared
    where
        previous_observed_at is null
        or capacity is distinct from previous_capacity
        or known_start_at is distinct from previous_start_at

)

select
    account,
    marketplace_id,
    store_id,
    capacity_type,
    known_start_at as range_start_at,
    range_end_at,
    capacity,
    observed_at,
    lead(observed_at) over (partition by {{ range | join(', ') }} order by observed_at, load_id) is null as is_current
from changes
