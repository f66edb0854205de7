{# A name for comparisons: without case, accents and spaces around it. #}
{% macro plain_name(text) -%}
    {{ return(adapter.dispatch('plain_name')(text)) }}
{%- endmacro %}
