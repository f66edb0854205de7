{# What can be said of a job's payments while they are still one list, in the shape of `service_job_shapes`. #}

{% macro payment_total(payments) -%}
    cast(list_sum([each.amount.value for each in {{ payments }}]) as decimal(18, 4))
{%- endmacro %}


{# The one currency of all payments; NULL when there are several. #}
{% macro payment_currency(payments) -%}
    case
            when list_unique([each.amount.currency for each in {{ payments }}]) = 1
                then list_min([each.amount.currency for each in {{ payments }}])
        end
{%- endmacro %}
