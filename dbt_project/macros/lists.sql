{# Expressions for lists. Lists in the marts are never NULL; if nothing is known they are empty. #}

{# The values of one field of a list of structs that are not NULL, in the list's order. #}
{% macro field_of_each(structs, field) -%}
    {{ return(adapter.dispatch('field_of_each')(structs, field)) }}
{%- endmacro %}


{% macro known_values(list) -%}
    {{ return(adapter.dispatch('known_values')(list)) }}
{%- endmacro %}


{% macro list_size(list) -%}
    {{ return(adapter.dispatch('list_size')(list)) }}
{%- endmacro %}


{% macro list_has(list, value) -%}
    {{ return(adapter.dispatch('list_has')(list, value)) }}
{%- endmacro %}


{% macro lists_overlap(list, other) -%}
    {{ return(adapter.dispatch('lists_overlap')(list, other)) }}
{%- endmacro %}


{# One row per number from 1 to the list's size. #}
{% macro positions_of(list) -%}
    {{ return(adapter.dispatch('positions_of')(list)) }}
{%- endmacro %}


{# The first position of a value, from 1. #}
{% macro position_of(list, value) -%}
    {{ return(adapter.dispatch('position_of')(list, value)) }}
{%- endmacro %}


{% macro element_at(list, position) -%}
    {{ return(adapter.dispatch('element_at')(list, position)) }}
{%- endmacro %}


{% macro any_element(list) -%}
    {{ return(adapter.dispatch('any_element')(list)) }}
{%- endmacro %}


{% macro earliest_of(list) -%}
    {{ return(adapter.dispatch('earliest_of')(list)) }}
{%- endmacro %}


{% macro latest_of(list) -%}
    {{ return(adapter.dispatch('latest_of')(list)) }}
{%- endmacro %}
