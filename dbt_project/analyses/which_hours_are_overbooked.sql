-- Which hours are overbooked: more appointments than the store can take?
select
    account,
    marketplace_id,
    store_id,
    hour_start_at,
    booked_appointments,
    {{ figure('usable_capacity', over='row') }} as usable_capacity,
    booked_appointments - usable_capacity as appointments_too_many
from {{ ref('fct_demand_capacity_hourly') }}
where booked_appointments > usable_capacity
order by appointments_too_many desc, hour_start_at desc
limit 50
