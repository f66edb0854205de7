{{ replace_changed('int_changed_days', by=['account', 'marketplace_id', 'week_start_date']) }}

with changed_weeks as (

    select distinct
        account,
        marketplace_id,
        week_start_date
    from {{ ref('int_changed_days') }}

),

-- The engine can skip blocks by the statistics of a plain column, but not by a week that is computed from it.
changed_dates as (

    select distinct cast({{ dbt.dateadd('day', days_of_week(), 'week_start_date') }} as date) as service_date
    from changed_weeks

),

appointments as (

    select
        account,
        marketplace_id,
        {{ week_start('service_date') }} as week_start_date,
        {{ appointment_counts() }},
        {{ figure('cancellations') }} as cancellations
    from {{ ref('fct_appointments') }}
    where service_date in (select service_date from changed_dates)
    group by account, marketplace_id, {{ week_start('service_date') }}

),

created as (

    select
        dates.account,
        dates.marketplace_id,
        {{ week_start('dates.created_date') }} as week_start_date,
        {{ figure('jobs_created') }} as jobs_created,
        {{ figure('median_hours_to_first_appointment') }} as median_hours_to_first_appointment
    from {{ ref('int_job_dates') }} as dates
    inner join {{ ref('fct_service_jobs') }} as jobs
        on dates.account = jobs.account and dates.service_job_id = jobs.service_job_id
    where dates.created_date in (select service_date from changed_dates)
    group by dates.account, dates.marketplace_id, {{ week_start('dates.created_date') }}

),

cancelled as (

    select
        account,
        marketplace_id,
        {{ week_start('cancelled_date') }} as week_start_date,
        {{ figure('jobs_cancelled') }} as jobs_cancelled,
        {{ figure('jobs_cancelled_by_customer') }} as jobs_cancelled_by_customer,
        {{ figure('jobs_cancelled_by_provider') }} as jobs_cancelled_by_provider
    from {{ ref('fct_service_jobs') }}
    where cancelled_date in (select service_date from changed_dates)
    group by account, marketplace_id, {{ week_start('cancelled_date') }}

),

completed as (

    select
        account,
        marketplace_id,
        {{ week_start('completed_date') }} as week_start_date,
        {{ figure('completed_jobs') }} as completed_jobs,
        {{ figure('resolved_jobs') }} as resolved_jobs,
        {{ figure('first_visit_resolutions') }} as first_visit_resolutions
    from {{ ref('fct_service_jobs') }}
    where completed_date in (select service_date from changed_dates)
    group by account, marketplace_id, {{ week_start('completed_date') }}

)

select
    weeks.account,
    weeks.marketplace_id,
    weeks.week_start_date,
    {% for count in appointment_count_names() + ['cancellations'] %}
    coalesce(appointments.{{ count }}, 0) as {{ count }},
    {% endfor %}
    coalesce(created.jobs_created, 0) as jobs_created,
    {% for count in ['jobs_cancelled', 'jobs_cancelled_by_customer', 'jobs_cancelled_by_provider'] %}
    coalesce(cancelled.{{ count }}, 0) as {{ count }},
    {% endfor %}
    {% for count in ['completed_jobs', 'resolved_jobs', 'first_visit_resolutions'] %}
    coalesce(completed.{{ count }}, 0) as {{ count }},
    {% endfor %}
    created.median_hours_to_first_appointment
from changed_weeks as weeks
{% for figures in ['appointments', 'created', 'cancelled', 'completed'] %}
left join {{ figures }}
    on
        weeks.account = {{ figures }}.account
        and weeks.marketplace_id is not distinct from {{ figures }}.marketplace_id
        and weeks.week_start_date = {{ figures }}.week_start_date
{% endfor %}
where
    appointments.account is not null or created.account is not null or cancelled.account is not null
    or completed.account is not null
