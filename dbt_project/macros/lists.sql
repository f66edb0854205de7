{# What the engine does with lists. Lists of the marts are never NULL: nothing known is an empty list. #}

{# The known values of one field of a list of structs, in the list's order. #}
{% macro field_of_each(structs, field) -%}
    coalesce([element.{{ field }} for element in {{ structs }} if element.{{ field }} is not null], [])
{%- endmacro %}


{% macro known_values(list) -%}
    coalesce([element for element in {{ list }} if element is not null], [])
{%- endmacro %}


{% macro list_size(list) -%}
    coalesce(len({{ list }}), 0)
{%- endmacro %}


{% macro list_has(list, value) -%}
    list_contains({{ list }}, {{ value }})
{%- endmacro %}


{% macro lists_overlap(list, other) -%}
    list_has_any({{ list }}, {{ other }})
{%- endmacro %}


{# One row per number from 1 to the list's size. #}
{% macro positions_of(list) -%}
    unnest(range(1, {{ list_size(list) }} + 1))
{%- endmacro %}


{# The first position of a value, from 1. #}
{% macro position_of(list, value) -%}
    list_position({{ list }}, {{ value }})
{%- endmacro %}


{% macro element_at(list, position) -%}
    {{ list }}[{{ position }}]
{%- endmacro %}


{% macro any_element(list) -%}
    unnest({{ list }})
{%- endmacro %}


{% macro earliest_of(list) -%}
    list_min({{ list }})
{%- endmacro %}


{% macro latest_of(list) -%}
    list_max({{ list }})
{%- endmacro %}
