{{ replace_changed('int_changed_days', by=['account', 'marketplace_id', 'store_id', 'service_date']) }}

with changed_days as (

    select * from {{ ref('int_changed_days') }}

),

appointments as (

    select
        account,
        marketplace_id,
        store_id,
        service_date,
        {{ appointment_counts() }},
        {{ figure('reschedules') }} as reschedules,
        cast({{ figure('booked_minutes') }} as bigint) as booked_minutes
    from {{ ref('fct_appointments') }}
    where service_date in (select service_date from changed_days)
    group by account, marketplace_id, store_id, service_date

),

jobs as (

    select
        account,
        marketplace_id,
        store_id,
        created_date as service_date,
        count(*) as jobs_created
    from {{ ref('int_job_dates') }}
    where created_date in (select service_date from changed_days)
    group by account, marketplace_id, store_id, created_date

),

cancelled as (

    select
        account,
        marketplace_id,
        store_id,
        cancelled_date as service_date,
        {{ figure('jobs_cancelled') }} as jobs_cancelled,
        {{ figure('jobs_cancelled_by_customer') }} as jobs_cancelled_by_customer,
        {{ figure('jobs_cancelled_by_provider') }} as jobs_cancelled_by_provider
    from {{ ref('fct_service_jobs') }}
    where cancelled_date in (select service_date from changed_days)
    group by account, marketplace_id, store_id, cancelled_date

),

capacity as (

    select
        account,
        marketplace_id,
        store_id,
        service_date,
        {{ figure('utilization') }} as utilization
    from {{ ref('fct_demand_capacity_hourly') }}
    where service_date in (select service_date from changed_days)
    group by account, marketplace_id, store_id, service_date

),

joined as (

    select
        changed_days.account,
        changed_days.marketplace_id,
        changed_days.store_id,
        changed_days.service_date,
        {% for count in appointment_count_names() + ['reschedules', 'booked_minutes'] %}
        coalesce(appointments.{{ count }}, 0) as {{ count }},
        {% endfor %}
        coalesce(jobs.jobs_created, 0) as jobs_created,
        {% for count in ['jobs_cancelled', 'jobs_cancelled_by_customer', 'jobs_cancelled_by_provider'] %}
        coalesce(cancelled.{{ count }}, 0) as {{ count }},
        {% endfor %}
        capacity.utilization
    from changed_days
    {% for figures in ['appointments', 'jobs', 'cancelled', 'capacity'] %}
    left join {{ figures }}
        on
            changed_days.account = {{ figures }}.account
            and changed_days.marketplace_id is not distinct from {{ figures }}.marketplace_id
            and changed_days.store_id is not distinct from {{ figures }}.store_id
            and changed_days.service_date = {{ figures }}.service_date
    {% endfor %}
    -- A day that only an older version of a job has touched may be empty now.
    where
        appointments.account is not null or jobs.account is not null or cancelled.account is not null
        or capacity.utilization is not null

)

select
    account,
    marketplace_id,
    store_id,
    service_date,
    {{ appointment_figures() }},
    jobs_created,
    reschedules,
    utilization,
    booked_minutes,
    jobs_cancelled,
    jobs_cancelled_by_customer,
    jobs_cancelled_by_provider
from joined
