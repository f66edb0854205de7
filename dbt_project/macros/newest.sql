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


{# The last value that is known, in the window `so_far`. #}
{% macro last_known(expression) -%}
    last_value({{ expression }} ignore nulls) over so_far
{%- endmacro %}


{# Every column of a relation but some. #}
{% macro all_but(relation, columns) -%}
    {{ relation }}.* exclude ({{ columns | join(', ') }})
{%- endmacro %}
