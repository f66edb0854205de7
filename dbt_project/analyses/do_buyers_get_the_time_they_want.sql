-- Do buyers get the time they want, and do they wait longer when they do not?
with first_appointments as (

    select appointments.*
    from {{ ref('fct_appointments') }} as appointments
    {{ join_settled_weeks('appointments', 'service_date') }}
    where appointments.sequence_in_job = 1 and appointments.is_preferred_time is not null

),

counted as (

    select
        account,
        marketplace_id,
        store_id,
        count(*) as asked,
        count(case when is_preferred_time then 1 end) as met,
        median(case when is_preferred_time then lead_time_hours end) as median_lead_time_hours_when_met,
        median(case when not is_preferred_time then lead_time_hours end) as median_lead_time_hours_when_not
    from first_appointments
    group by account, marketplace_id, store_id

)

select
    counted.account,
    counted.marketplace_id,
    stores.store_name,
    counted.asked,
    counted.met,
    {{ rate('counted.met', 'counted.asked') }} as preferred_time_rate,
    {{ interval_lower('counted.met', 'counted.asked') }} as preferred_time_rate_lower,
    {{ interval_upper('counted.met', 'counted.asked') }} as preferred_time_rate_upper,
    counted.median_lead_time_hours_when_met,
    counted.median_lead_time_hours_when_not
from counted
left join {{ ref('dim_store') }} as stores
    on
        counted.account = stores.account
        and counted.marketplace_id = stores.marketplace_id
        and counted.store_id = stores.store_id
order by preferred_time_rate_upper asc
