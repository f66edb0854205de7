-- Each appointment with a date counts in exactly one day of one store.
with facts as (

    select
        {{ appointment_counts() }},
        {{ figure('reschedules') }} as reschedules
    from {{ ref('fct_appointments') }}
    where service_date is not null

),

days as (

    select
    {% for count in appointment_count_names() + ['reschedules'] %}
        coalesce(sum({{ count }}), 0) as {{ count }}{{ ',' if not loop.last }}
    {% endfor %}
    from {{ ref('agg_store_daily') }}

)

select * from facts
except
select * from days
