-- Not incremental, because every row changes with `as_of`.
with clocks as (

    select * from {{ ref('int_as_of') }}

),

jobs as (

    select * from {{ ref('fct_service_jobs') }}

),

stores as (

    select * from {{ ref('dim_store') }}

),

preferred_times as (

    select
        times.account,
        times.service_job_id,
        min(case when times.preferred_start_at > clocks.as_of then times.preferred_start_at end) as next_time_at,
        max(times.preferred_start_at) as last_time_at
    from {{ ref('int_preferred_times') }} as times
    left join clocks
        on times.account = clocks.account and times.marketplace_id = clocks.marketplace_id
    where (times.account, times.service_job_id) in (
        select (account, service_job_id) from jobs
        where needs_appointment
    )
    group by times.account, times.service_job_id

),

waiting_jobs as (

    select
        jobs.account,
        jobs.marketplace_id,
        jobs.store_id,
        jobs.service_job_id,
        cast(null as varchar) as appointment_id,
        case
            when preferred_times.last_time_at is null then 'schedule_appointment'
            when preferred_times.next_time_at is null then 'offer_new_time'
            else 'confirm_preferred_time'
        end as action,
        case
            when preferred_times.last_time_at is null then {{ plus_hours('jobs.created_at', 24) }}
            when preferred_times.next_time_at is null then preferred_times.last_time_at
            else {{ plus_hours('preferred_times.next_time_at', -48) }}
        end as due_at
    from jobs
    left join preferred_times
        on jobs.account = preferred_times.account and jobs.service_job_id = preferred_times.service_job_id
    where jobs.needs_appointment

),

actions as (

    select * from waiting_jobs
    union all
    select * from {{ ref('int_job_actions') }}

),

dated as (

    select
        actions.*,
        case
            when clocks.as_of > actions.due_at then {{ hours_between('actions.due_at', 'clocks.as_of') }}
            when clocks.as_of <= actions.due_at then 0
        end as overdue_hours
    from actions
    left join clocks
        on actions.account = clocks.account and actions.marketplace_id = clocks.marketplace_id

)

select
    dated.account,
    dated.marketplace_id,
    dated.store_id,
    dated.service_job_id,
    dated.appointment_id,
    dated.action,
    dated.due_at,
    dated.overdue_hours,
    stores.store_name,
    jobs.service_title,
    coalesce(dated.overdue_hours > 720, false) as is_stale
from dated
left join jobs
    on dated.account = jobs.account and dated.service_job_id = jobs.service_job_id
left join stores
    on
        dated.account = stores.account
        and dated.marketplace_id is not distinct from stores.marketplace_id
        and dated.store_id = stores.store_id
