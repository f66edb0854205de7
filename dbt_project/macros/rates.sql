{# Measures that all aggregates share, so that a rate has the same definition at each grain. #}

{# A share of a whole; NULL if the whole is 0. #}
{% macro rate(part, whole) -%}
    cast({{ part }} as double) / nullif({{ whole }}, 0)
{%- endmacro %}


{# Encumbered / usable capacity; NULL if no capacity is usable. #}
{% macro utilization(encumbered, usable) -%}
    case when {{ usable }} > 0 then {{ rate(encumbered, usable) }} end
{%- endmacro %}


{# The counts of appointments in every aggregate. #}
{% macro appointment_counts() -%}
    count(*) as appointments,
        count(is_on_time_arrival) as scored,
        count(*) filter (where is_on_time_arrival) as on_time,
        count(*) filter (where is_completed_in_window) as completed_in_window,
        count(*) filter (where outcome = 'no_show') as no_shows,
        count(fulfillment_break) as fulfillment_breaks,
        cast(coalesce(sum(minutes_on_site), 0) as bigint) as minutes_on_site
{%- endmacro %}


{# The counts with their rates, in the order of the contract. #}
{% macro appointment_figures() -%}
    appointments,
        scored,
        on_time,
        {{ rate('on_time', 'scored') }} as on_time_rate,
        completed_in_window,
        {{ rate('completed_in_window', 'scored') }} as window_completion_rate,
        no_shows,
        {{ rate('no_shows', 'scored') }} as no_show_rate,
        fulfillment_breaks,
        minutes_on_site
{%- endmacro %}
