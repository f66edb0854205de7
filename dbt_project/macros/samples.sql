{#
    How far a rate of few appointments can be trusted. The analyses call these macros; the page and the scorecard render
    the same text in include/warehouse/samples.py. `part` and `whole` are counts, or expressions that give counts.

    A rate is judged by Wilson's score interval: E. B. Wilson, "Probable inference, the law of succession, and
    statistical inference", Journal of the American Statistical Association 22 (1927), 209-212.
#}

{# The lower bound of the 95% interval of a rate; NULL where the whole is not above 0. #}
{% macro interval_lower(part, whole) -%}
    {{ interval_bound(part, whole, '-') }}
{%- endmacro %}


{# The upper bound of the 95% interval of a rate; NULL where the whole is not above 0. #}
{% macro interval_upper(part, whole) -%}
    {{ interval_bound(part, whole, '+') }}
{%- endmacro %}


{% macro interval_bound(part, whole, sign) -%}
    {%- set z = var('interval_z') -%}
    case
        when ({{ whole }}) > 0 then least(1, greatest(0, (
            ({{ part }}) + power({{ z }}, 2) / 2 {{ sign }} {{ z }} * sqrt(
                cast({{ part }} as double) * (({{ whole }}) - ({{ part }})) / ({{ whole }}) + power({{ z }}, 2) / 4
            )
        ) / (({{ whole }}) + power({{ z }}, 2))))
    end
{%- endmacro %}


{#
    Compares a rate of four weeks with an average: `worse` where the whole interval is on the bad side of the average,
    `too_few` with fewer than `enough_scored`, else `usual`. `good` is the direction that is good, `up` or `down`.
#}
{% macro verdict(part, whole, average, good='up') -%}
    case
        when coalesce({{ whole }}, 0) < {{ var('enough_scored') }} then 'too_few'
        {%- if good == 'up' %}
        when {{ interval_upper(part, whole) }} < {{ average }} then 'worse'
        {%- else %}
        when {{ interval_lower(part, whole) }} > {{ average }} then 'worse'
        {%- endif %}
        else 'usual'
    end
{%- endmacro %}


{#
    Compares a rate with that of a period before: `better` or `worse` where the 95% interval of the difference excludes 0,
    `too_few` with fewer than `enough_scored` on either side, else `unchanged`. The interval is Newcombe's, of the two
    Wilson intervals: R. G. Newcombe, "Interval estimation for the difference between independent proportions",
    Statistics in Medicine 17 (1998), 873-890, method 10.
#}
{% macro change_verdict(part, whole, part_before, whole_before, good='up') -%}
    {%- set change -%}
        (1.0 * ({{ part }}) / ({{ whole }}) - 1.0 * ({{ part_before }}) / ({{ whole_before }}))
    {%- endset -%}
    case
        when coalesce({{ whole }}, 0) < {{ var('enough_scored') }} then 'too_few'
        when coalesce({{ whole_before }}, 0) < {{ var('enough_scored') }} then 'too_few'
        when {{ change }} > {{ combined_margin(part, whole, '-', part_before, whole_before, '+') }}
            then '{{ 'better' if good == 'up' else 'worse' }}'
        when -{{ change }} > {{ combined_margin(part, whole, '+', part_before, whole_before, '-') }}
            then '{{ 'worse' if good == 'up' else 'better' }}'
        else 'unchanged'
    end
{%- endmacro %}


{# The distance from a difference of two rates to a bound of its interval, from one bound of the interval of each. #}
{% macro combined_margin(part, whole, sign, part_before, whole_before, sign_before) -%}
    sqrt(
        power(1.0 * ({{ part }}) / ({{ whole }}) - {{ interval_bound(part, whole, sign) }}, 2)
        + power(
            1.0 * ({{ part_before }}) / ({{ whole_before }})
            - {{ interval_bound(part_before, whole_before, sign_before) }}, 2
        )
    )
{%- endmacro %}
