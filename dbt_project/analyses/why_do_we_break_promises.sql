-- Why do we break promises, service by service?
select
    services.service_title,
    appointments.fulfillment_break,
    count(*) as appointments,
    avg(appointments.arrival_delay_minutes) as mean_arrival_delay_minutes
from {{ ref('fct_appointments') }} as appointments
inner join {{ ref('dim_service') }} as services
    on
        appointments.account = services.account
        and appointments.marketplace_id = services.marketplace_id
        and appointments.asin = services.asin
where appointments.fulfillment_break is not null
group by services.service_title, appointments.fulfillment_break
order by appointments desc
limit 50
