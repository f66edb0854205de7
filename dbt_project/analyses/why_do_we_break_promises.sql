-- Why do we break promises, service by service, and whose are they?
with broken as (

    select
        appointments.account,
        appointments.marketplace_id,
        appointments.asin,
        appointments.fulfillment_break,
        appointments.responsible_party,
        count(*) as appointments,
        median(appointments.arrival_delay_minutes) as median_arrival_delay_minutes
    from {{ ref('fct_appointments') }} as appointments
    {{ join_settled_weeks('appointments', 'service_date') }}
    where appointments.fulfillment_break is not null
    group by
        appointments.account, appointments.marketplace_id, appointments.asin, appointments.fulfillment_break,
        appointments.responsible_party

)

select
    broken.account,
    broken.marketplace_id,
    services.service_title,
    broken.fulfillment_break,
    broken.responsible_party,
    broken.appointments,
    broken.median_arrival_delay_minutes
from broken
inner join {{ ref('dim_service') }} as services
    on
        broken.account = services.account
        and broken.marketplace_id = services.marketplace_id
        and broken.asin = services.asin
order by broken.appointments desc
limit 50
