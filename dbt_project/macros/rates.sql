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
{% macro appointment_count_names() -%}
    {{ return([
        'appointments', 'scored', 'on_time', 'completed_in_window', 'window_scored', 'no_shows', 'missed', 'missed_known',
        'serviced', 'unproven', 'awaiting_proof', 'provable', 'verified_scored', 'verified_on_time', 'fulfillment_breaks',
        'minutes_on_site',
    ]) }}
{%- endmacro %}


{% macro appointment_counts() -%}
    {% for name in appointment_count_names() %}
        cast(coalesce({{ figure(name) }}, 0) as bigint) as {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
{%- endmacro %}


{# The counts with their rates, in the order of the contract. #}
{% macro appointment_figures() -%}
    {% set rates = {
        'on_time': 'on_time_rate', 'window_scored': 'window_completion_rate', 'no_shows': 'no_show_rate',
        'missed_known': 'missed_rate', 'provable': 'proof_coverage', 'verified_on_time': 'verified_on_time_rate',
    } %}
    {% for name in appointment_count_names() %}
        {{ name }}{{ ',' if not loop.last or name in rates }}
        {% if name in rates %}
        {{ figure(rates[name], 'columns') }} as {{ rates[name] }},
        {% endif %}
    {% endfor %}
{%- endmacro %}
