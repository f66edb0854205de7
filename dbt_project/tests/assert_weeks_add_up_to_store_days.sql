-- The weeks and the days of stores count the same appointments and jobs.
{% set counts = appointment_count_names() + ['jobs_created', 'jobs_cancelled'] %}

with weeks as (

    select
    {% for count in counts %}
        coalesce(sum({{ count }}), 0) as {{ count }}{{ ',' if not loop.last }}
    {% endfor %}
    from {{ ref('agg_account_weekly') }}

),

store_days as (

    select
    {% for count in counts %}
        coalesce(sum({{ count }}), 0) as {{ count }}{{ ',' if not loop.last }}
    {% endfor %}
    from {{ ref('agg_store_daily') }}

)

select * from weeks
except
select * from store_days
