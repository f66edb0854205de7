-- Where is demand lost for lack of capacity: which hours did buyers prefer that had no free capacity?
select
    account,
    marketplace_id,
    store_id,
    extract(isodow from service_date) as iso_day_of_week,
    count(*) as full_hours,
    sum(preferred_starts) as preferred_starts
from {{ ref('fct_demand_capacity_hourly') }}
where available_capacity = 0 and preferred_starts > booked_starts
group by account, marketplace_id, store_id, extract(isodow from service_date)
order by preferred_starts desc
limit 50
