{{ replace_changed('int_changed_days', by=['service_date']) }}

with appointments as (

    select * from {{ ref('fct_appointments') }}
    where service_date in (select service_date from {{ ref('int_changed_days') }})

),

performed as (

    select
        *,
        {{ any_element('list_distinct(performing_technician_ids)') }} as technician_id
    from appointments

),

counted as (

    select
        account,
        marketplace_id,
        technician_id,
        service_date,
        {{ appointment_counts() }}
    from performed
    group by account, marketplace_id, technician_id, service_date

)

select
    account,
    marketplace_id,
    technician_id,
    service_date,
    {{ appointment_figures() }}
from counted
