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
        {{ figure('median_lead_time_hours') }} as median_lead_time_hours,
        {{ figure('cancellations') }} as cancellations
    from {{ ref('fct_appointments') }}
    where service_date in (select service_date from changed_dates)
    group by account, marketplace_id, {{ week_start('service_date') }}

),

completed_jobs as (

    select
        jobs.*,
        dates.completed_date
    from {{ ref('int_job_dates') }} as dates
    inner join {{ ref('fct_service_jobs') }} as jobs
        on
            dates.account = jobs.account
            and dates.service_job_id = jobs.service_job_id
            and dates.completed_at = jobs.completed_at -- equal by definition; lets the engine skip blocks
    where dates.completed_date in (select service_date from changed_dates)

),

completed as (

    select
        account,
        marketplace_id,
        {{ week_start('completed_date') }} as week_start_date,
        {{ figure('completed_jobs') }} as completed_jobs,
        {{ figure('first_visit_resolutions') }} as first_visit_resolutions,
        sum(payment_total) as payment_total,
        count(distinct payment_currency)
        + count(*) filter (where payment_total is not null and payment_currency is null) as currencies,
        max(payment_currency) as payment_currency
    from completed_jobs
    group by account, marketplace_id, {{ week_start('completed_date') }}

),

joined as (

    select
        weeks.account,
        weeks.marketplace_id,
        weeks.week_start_date,
        {% for count in [
            'appointments', 'scored', 'on_time', 'completed_in_window', 'no_shows', 'fulfillment_breaks',
            'minutes_on_site', 'cancellations',
        ] %}
        coalesce(appointments.{{ count }}, 0) as {{ count }},
        {% endfor %}
        appointments.median_lead_time_hours,
        coalesce(completed.completed_jobs, 0) as completed_jobs,
        coalesce(completed.first_visit_resolutions, 0) as first_visit_resolutions,
        -- Amounts in several currencies cannot be added.
        case
            when completed.currencies = 1 and completed.payment_currency is not null
                then cast(completed.payment_total as decimal(18, 4))
        end as payment_total,
        case when completed.currencies = 1 then completed.payment_currency end as payment_currency
    from changed_weeks as weeks
    {% for figures in ['appointments', 'completed'] %}
    left join {{ figures }}
        on
            weeks.account = {{ figures }}.account
            and weeks.marketplace_id is not distinct from {{ figures }}.marketplace_id
            and weeks.week_start_date = {{ figures }}.week_start_date
    {% endfor %}
    where appointments.account is not null or completed.account is not null

)

select
    account,
    marketplace_id,
    week_start_date,
    {{ appointment_figures() }},
    completed_jobs,
    first_visit_resolutions,
    {{ figure('first_visit_resolution_rate', 'columns') }} as first_visit_resolution_rate,
    median_lead_time_hours,
    cancellations,
    payment_total,
    payment_currency
from joined
