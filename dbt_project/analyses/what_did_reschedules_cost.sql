-- What did reschedules cost in days: how much later were appointments that were moved?
select
    moved.account,
    moved.marketplace_id,
    moved.store_id,
    count(*) as reschedules,
    avg(moved_to.service_date - moved.service_date) as mean_days_later,
    sum(moved_to.service_date - moved.service_date) as days_later
from {{ ref('fct_appointments') }} as moved
inner join {{ ref('fct_appointments') }} as moved_to
    on
        moved.account = moved_to.account
        and moved.appointment_id = moved_to.replaces_appointment_id
where moved.outcome = 'rescheduled'
group by moved.account, moved.marketplace_id, moved.store_id
order by days_later desc
