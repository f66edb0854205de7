{{ replace_changed('int_changed_jobs', by=['account', 'service_job_id']) }}

with jobs as (

    select * from {{ ref('int_observed_jobs') }}
    where is_current

),

positions as (

    select
        account,
        service_job_id,
        items,
        {{ positions_of('items') }} as item_position
    from jobs

),

items as (

    select
        account,
        service_job_id,
        item_position,
        {{ element_at('items', 'item_position') }} as item
    from positions

),

next_starts as (

    select
        account,
        service_job_id,
        min(scheduled_start_at) as next_scheduled_start_at
    from {{ ref('int_appointments') }}
    where outcome = 'upcoming'
    group by account, service_job_id

)

select
    items.account,
    items.service_job_id,
    items.item_position,
    items.item.asin,
    items.item.title,
    items.item.quantity,
    items.item.orderid as order_id,
    items.item.itemstatus as item_status,
    items.item.brandname as brand_name,
    items.item.itemdelivery.estimateddeliverydate as estimated_delivery_at,
    items.item.itemdelivery.itemdeliverypromise.starttime as promise_start_at,
    items.item.itemdelivery.itemdeliverypromise.endtime as promise_end_at,
    items.item.itemdelivery.estimateddeliverydate > next_starts.next_scheduled_start_at as is_item_late_for_appointment
from items
left join next_starts
    on items.account = next_starts.account and items.service_job_id = next_starts.service_job_id
