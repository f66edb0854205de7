-- Not incremental, because every row changes with `as_of`.
select
    actions.account,
    actions.marketplace_id,
    actions.store_id,
    actions.service_job_id,
    actions.appointment_id,
    actions.action,
    actions.due_at,
    case
        when clocks.as_of > actions.due_at then {{ hours_between('actions.due_at', 'clocks.as_of') }}
        when clocks.as_of <= actions.due_at then 0
    end as overdue_hours
from {{ ref('int_job_actions') }} as actions
left join {{ ref('int_as_of') }} as clocks
    on actions.account = clocks.account and actions.marketplace_id = clocks.marketplace_id
