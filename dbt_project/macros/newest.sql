{#
    What the newest row that knows a column says of it. Numbering all rows to keep one of each group costs ten times as
    much. `by` orders the rows without a tie, so that every build picks the same one.
#}
{% macro newest(column, by) -%}
    {{ return(adapter.dispatch('newest')(column, by)) }}
{%- endmacro %}


{# The same of the row that comes first. #}
{% macro first(column, by) -%}
    {{ return(adapter.dispatch('first')(column, by)) }}
{%- endmacro %}


{# The last value that is known, in the window `so_far`. #}
{% macro last_known(expression) -%}
    {{ return(adapter.dispatch('last_known')(expression)) }}
{%- endmacro %}


{# Every column of a relation but some. #}
{% macro all_but(relation, columns) -%}
    {{ return(adapter.dispatch('all_but')(relation, columns)) }}
{%- endmacro %}
