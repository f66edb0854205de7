-- What did reschedules cost, and who caused them: how much later were appointments that were moved?
with moved as (

    select changes.*
    from {{ ref('fct_reschedules_cancellations') }} as changes
    {{ join_settled_weeks('changes', 'service_date') }}
    where changes.kind = 'reschedule'

)

select
    moved.account,
    moved.marketplace_id,
    stores.store_name,
    appointments.responsible_party,
    count(*) as reschedules,
    -- promises that had been broken when the appointment was moved
    count(case when appointments.is_missed then 1 end) as missed_then_moved,
    count(moved.days_later) as with_new_time,
    median(moved.days_later) as median_days_later,
    sum(moved.days_later) as days_later
from moved
inner join {{ ref('fct_appointments') }} as appointments
    on
        moved.account = appointments.account
        and moved.service_job_id = appointments.service_job_id
        and moved.appointment_id = appointments.appointment_id
left join {{ ref('dim_store') }} as stores
    on
        moved.account = stores.account
        and moved.marketplace_id = stores.marketplace_id
        and moved.store_id = stores.store_id
group by moved.account, moved.marketplace_id, stores.store_name, appointments.responsible_party
order by days_later desc
