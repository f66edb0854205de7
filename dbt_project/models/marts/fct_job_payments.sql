{{ replace_changed('int_changed_jobs', by=['account', 'service_job_id']) }}

with jobs as (

    select * from {{ ref('int_observed_jobs') }}
    where is_current

),

positions as (

    select
        account,
        service_job_id,
        payments,
        {{ positions_of('payments') }} as payment_position
    from jobs

),

payments as (

    select
        account,
        service_job_id,
        payment_position,
        {{ element_at('payments', 'payment_position') }} as payment
    from positions

)

select
    account,
    service_job_id,
    payment_position,
    payment.amount.value as amount,
    payment.amount.currency,
    payment.instrument
from payments
