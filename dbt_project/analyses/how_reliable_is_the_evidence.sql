-- How reliable is the evidence of arrival: how much is proven, by placeholders or not, and how late is it uploaded?
with counted as (

    select
        appointments.account,
        appointments.marketplace_id,
        appointments.store_id,
        {{ figure('serviced') }} as serviced,
        {{ figure('provable') }} as provable,
        count(case when appointments.arrival_evidence = 'dummy' then 1 end) as placeholders,
        count(case when appointments.is_verified_arrival then 1 end) as verified,
        median(appointments.proof_delay_hours) as median_proof_delay_hours
    from {{ ref('fct_appointments') }} as appointments
    {{ join_settled_weeks('appointments', 'service_date') }}
    where appointments.outcome in ('serviced', 'unproven', 'no_show')
    group by appointments.account, appointments.marketplace_id, appointments.store_id

)

select
    counted.account,
    counted.marketplace_id,
    stores.store_name,
    counted.serviced,
    counted.provable,
    {{ figure('proof_coverage', over='columns') }} as proof_coverage,
    counted.placeholders,
    {{ rate('counted.placeholders', 'counted.serviced') }} as placeholder_rate,
    {{ interval_lower('counted.placeholders', 'counted.serviced') }} as placeholder_rate_lower,
    {{ interval_upper('counted.placeholders', 'counted.serviced') }} as placeholder_rate_upper,
    {{ rate('counted.verified', 'counted.serviced') }} as verified_rate,
    counted.median_proof_delay_hours
from counted
left join {{ ref('dim_store') }} as stores
    on
        counted.account = stores.account
        and counted.marketplace_id = stores.marketplace_id
        and counted.store_id = stores.store_id
order by placeholder_rate_lower desc
