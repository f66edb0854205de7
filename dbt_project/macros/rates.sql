{# A share of a whole; NULL where the whole is not above 0. #}
{% macro rate(part, whole) -%}
    cast({{ part }} as double) / case when {{ whole }} > 0 then {{ whole }} end
{%- endmacro %}


{#
    A measure or a ratio of models/marts/_semantic_models.yml as SQL, so that a figure means the same on each grain: over
    the `rows` of its mart, over one `row` of it, or over `columns` that have the names of measures.
#}
{% macro figure(name, over='rows') -%}
    {%- if not execute -%}
        null
    {%- else -%}
        {%- set ratio = graph.metrics.values() | selectattr('type', 'equalto', 'ratio') | selectattr('name', 'equalto', name) | first -%}
        {%- if ratio -%}
            {{ rate(figure(ratio.type_params.numerator.name, over), figure(ratio.type_params.denominator.name, over)) }}
        {%- elif over == 'columns' -%}
            {{ name }}
        {%- else -%}
            {%- set measures = graph.semantic_models.values() | sum(attribute='measures', start=[]) -%}
            {%- set measure = measures | selectattr('name', 'equalto', name) | first -%}
            {{ measure.expr if over == 'row' else var('aggregations')[measure.agg].format(measure.expr) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{# The counts of appointments in every aggregate. #}
{% macro appointment_counts() -%}
    {% for name in ['appointments', 'scored', 'on_time', 'completed_in_window', 'no_shows', 'fulfillment_breaks'] %}
        {{ figure(name) }} as {{ name }},
    {% endfor %}
        cast(coalesce({{ figure('minutes_on_site') }}, 0) as bigint) as minutes_on_site
{%- endmacro %}


{# The counts with their rates, in the order of the contract. #}
{% macro appointment_figures() -%}
    appointments,
        scored,
        on_time,
        {{ figure('on_time_rate', 'columns') }} as on_time_rate,
        completed_in_window,
        {{ figure('window_completion_rate', 'columns') }} as window_completion_rate,
        no_shows,
        {{ figure('no_show_rate', 'columns') }} as no_show_rate,
        fulfillment_breaks,
        minutes_on_site
{%- endmacro %}
