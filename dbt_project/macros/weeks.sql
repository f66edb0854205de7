{# Keeps the rows of dates in settled weeks, whose figures move no more but for late proofs. #}
{% macro join_settled_weeks(rows, date) -%}
    inner join {{ ref('agg_account_weekly') }} as settled_weeks
        on
            {{ rows }}.account = settled_weeks.account
            and {{ rows }}.marketplace_id = settled_weeks.marketplace_id
            and {{ week_start(rows ~ '.' ~ date) }} = settled_weeks.week_start_date
            and settled_weeks.is_settled
{%- endmacro %}
