-- Which hours are overbooked, those ahead first: more work is booked than the store can do in the hour?
with hours as (

    select
        account,
        marketplace_id,
        store_id,
        hour_start_at,
        service_date,
        is_past,
        booked_appointments,
        booked_minutes,
        -- capacity is counted in slots of 60 minutes
        60 * ({{ figure('usable_capacity', over='row') }}) as usable_minutes
    from {{ ref('fct_demand_capacity_hourly') }}

)

select
    hours.account,
    hours.marketplace_id,
    stores.store_name,
    stores.time_zone,
    hours.hour_start_at,
    hours.service_date,
    hours.is_past,
    hours.booked_appointments,
    hours.booked_minutes,
    hours.usable_minutes,
    hours.booked_minutes - hours.usable_minutes as minutes_too_many
from hours
left join {{ ref('dim_store') }} as stores
    on
        hours.account = stores.account
        and hours.marketplace_id = stores.marketplace_id
        and hours.store_id = stores.store_id
where hours.booked_minutes > hours.usable_minutes
order by hours.is_past asc, minutes_too_many desc, hours.hour_start_at asc
limit 50
