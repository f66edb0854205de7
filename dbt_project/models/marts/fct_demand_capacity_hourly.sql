{{ replace_changed('int_changed_hours', by=['account', 'marketplace_id', 'store_id', 'hour_start_at']) }}

with changed_hours as (

    select * from {{ ref('int_changed_hours') }}

),

demand as (

    select * from {{ ref('int_hourly_demand') }}

),

capacity as (

    select * from {{ ref('int_hourly_capacity') }}

),

clocks as (

    select * from {{ ref('int_as_of') }}

),

stores as (

    select * from {{ ref('int_stores') }}

),

joined as (

    select
        hours.account,
        hours.marketplace_id,
        hours.store_id,
        hours.hour_start_at,
        {{ local_date_in('day', 'hours.hour_start_at') }} as service_date,
        capacity.scheduled_capacity,
        capacity.available_capacity,
        capacity.encumbered_capacity,
        capacity.reserved_capacity,
        coalesce(demand.booked_appointments, 0) as booked_appointments,
        coalesce(demand.booked_starts, 0) as booked_starts,
        coalesce(demand.booked_minutes, 0) as booked_minutes,
        coalesce(demand.preferred_starts, 0) as preferred_starts,
        coalesce(demand.preferred_demand, 0) as preferred_demand,
        {{ figure('utilization', over='row') }} as utilization,
        capacity.observed_at as capacity_observed_at,
        coalesce(hours.hour_start_at < {{ utc_hour('clocks.as_of') }}, false) as is_past
    from changed_hours as hours
    left join demand
        on
            hours.account = demand.account
            and hours.marketplace_id is not distinct from demand.marketplace_id
            and hours.store_id is not distinct from demand.store_id
            and hours.hour_start_at = demand.hour_start_at
    left join capacity
        on
            hours.account = capacity.account
            and hours.marketplace_id = capacity.marketplace_id
            and hours.store_id = capacity.store_id
            and hours.hour_start_at = capacity.hour_start_at
    left join clocks
        on hours.account = clocks.account and hours.marketplace_id = clocks.marketplace_id
    left join stores
        on
            hours.account = stores.account
            and hours.marketplace_id is not distinct from stores.marketplace_id
            and hours.store_id is not distinct from stores.store_id
    {{ join_local_day('day', 'hours.hour_start_at', 'stores.time_zone') }}
    -- An hour that only an older version of a job has touched may be empty now.
    where demand.account is not null or capacity.account is not null

)

select * from joined
-- sorted, so that queries for some days skip the blocks of other days
order by hour_start_at
