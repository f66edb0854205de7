{#
    What the newest row that knows a column says of it. Numbering all rows to keep one of each group costs ten times as
    much. `by` orders the rows without a tie, so that every build picks the same one.
#}
{% macro newest(column, by) -%}
    max_by({{ column }}, ({{ by | join(', ') }}))
{%- endmacro %}


{# The same of the row that comes first. #}
{% macro first(column, by) -%}
    min_by({{ column }}, ({{ by | join(', ') }}))
{%- endmacro %}
