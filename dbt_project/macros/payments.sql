{# Expressions for the list of a job's payments, in the structure of `service_job_shapes`. #}

{% macro payment_total(payments) -%}
    {{ return(adapter.dispatch('payment_total')(payments)) }}
{%- endmacro %}


{# The currency of the payments; NULL if there are several. #}
{% macro payment_currency(payments) -%}
    {{ return(adapter.dispatch('payment_currency')(payments)) }}
{%- endmacro %}
