-- Do buyers get the time they want, and do they wait longer when they do not?
select
    account,
    marketplace_id,
    store_id,
    count(*) as appointments,
    {{ rate('count(*) filter (where is_preferred_time)', 'count(*)') }} as preferred_time_rate,
    median(lead_time_hours) filter (where is_preferred_time) as median_lead_time_hours_when_met,
    median(lead_time_hours) filter (where not is_preferred_time) as median_lead_time_hours_when_not
from {{ ref('fct_appointments') }}
where sequence_in_job = 1 and is_preferred_time is not null
group by account, marketplace_id, store_id
order by preferred_time_rate asc
