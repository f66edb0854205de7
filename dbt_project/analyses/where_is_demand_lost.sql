-- Where was demand lost for lack of capacity: which past hours did buyers prefer that had no free capacity?
with lost as (

    select
        hours.account,
        hours.marketplace_id,
        hours.store_id,
        extract(isodow from hours.service_date) as iso_day_of_week,
        count(*) as full_hours,
        sum(hours.preferred_demand) as jobs_that_wanted_them,
        sum(hours.booked_starts) as jobs_that_started
    from {{ ref('fct_demand_capacity_hourly') }} as hours
    -- an hour ahead may still be freed
    where hours.is_past and hours.available_capacity = 0 and hours.preferred_demand > hours.booked_starts
    group by hours.account, hours.marketplace_id, hours.store_id, extract(isodow from hours.service_date)

)

select
    lost.account,
    lost.marketplace_id,
    stores.store_name,
    lost.iso_day_of_week,
    lost.full_hours,
    lost.jobs_that_wanted_them,
    lost.jobs_that_started
from lost
left join {{ ref('dim_store') }} as stores
    on
        lost.account = stores.account
        and lost.marketplace_id = stores.marketplace_id
        and lost.store_id = stores.store_id
order by lost.jobs_that_wanted_them - lost.jobs_that_started desc
limit 50
