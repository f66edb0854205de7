{# What can be said of a job's payments while they are still one list, in the shape of `service_job_shapes`. #}

{% macro payment_total(payments) -%}
    {{ return(adapter.dispatch('payment_total')(payments)) }}
{%- endmacro %}


{# The one currency of all payments; NULL when there are several. #}
{% macro payment_currency(payments) -%}
    {{ return(adapter.dispatch('payment_currency')(payments)) }}
{%- endmacro %}
