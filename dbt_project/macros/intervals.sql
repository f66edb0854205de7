{#
    The ends of the Wilson interval (95%) of a rate, for questions that rank by one: with few cases a rate says little, and
    its interval is wide. NULL where the whole is not above 0.
#}
{% macro interval_lower(part, whole) -%}
    {{ wilson_bound(part, whole, '-') }}
{%- endmacro %}


{% macro interval_upper(part, whole) -%}
    {{ wilson_bound(part, whole, '+') }}
{%- endmacro %}


{% macro wilson_bound(part, whole, sign) -%}
    {%- set z = 1.959964 -%}
    {%- set counted = 'case when ' ~ whole ~ ' > 0 then cast(' ~ whole ~ ' as double) end' -%}
    (
        {{ part }} + {{ z * z / 2 }}
        {{ sign }} {{ z }} * sqrt({{ part }} * (1 - {{ part }} / ({{ counted }})) + {{ z * z / 4 }})
    ) / ({{ counted }} + {{ z * z }})
{%- endmacro %}
