{# What the engine does with instants and time zones. An unknown instant, duration or zone gives NULL. #}

{#
    Local dates. Asking the engine for the local time of every row costs more than all the rest of a model, so
    `int_local_days` asks once per zone and UTC day, and rows look up there: join_local_day, then local_date_in.
#}
{% macro local_date(instant, time_zone) -%}
    cast(timezone({{ time_zone }}, {{ instant }}) as date)
{%- endmacro %}


{# The instant at which a date begins in a time zone. #}
{% macro start_of_local_date(date, time_zone) -%}
    timezone({{ time_zone }}, cast({{ date }} as timestamp))
{%- endmacro %}


{# Days since 1970-01-01, by UTC. #}
{% macro utc_day(instant) -%}
    cast(floor(epoch_us({{ instant }}) / 86400000000) as bigint)
{%- endmacro %}


{% macro start_of_utc_day(utc_day) -%}
    to_timestamp(86400 * {{ utc_day }})
{%- endmacro %}


{% macro join_local_day(as, instant, time_zone) -%}
    left join {{ ref('int_local_days') }} as {{ as }}
        on {{ as }}.time_zone = {{ time_zone }} and {{ as }}.utc_day = {{ utc_day(instant) }}
{%- endmacro %}


{# A UTC day holds one change of local date at most: local time runs ahead of UTC or behind by less than a day. #}
{% macro local_date_in(day, instant) -%}
    case
        when {{ instant }} < {{ day }}.next_date_starts_at then {{ day }}.first_date
        else {{ day }}.next_date
    end
{%- endmacro %}


{% macro plus_minutes(instant, minutes) -%}
    ({{ instant }} + to_minutes(cast({{ minutes }} as bigint)))
{%- endmacro %}


{# Whole minutes, rounded towards minus infinity: one second early is -1. #}
{% macro whole_minutes_between(start, finish) -%}
    cast(floor((epoch_us({{ finish }}) - epoch_us({{ start }})) / 60000000) as bigint)
{%- endmacro %}


{% macro hours_between(start, finish) -%}
    ((epoch_us({{ finish }}) - epoch_us({{ start }})) / 3600000000)
{%- endmacro %}


{# The UTC hour an instant falls in. Epoch arithmetic: no session's time zone can move it. #}
{% macro utc_hour(instant) -%}
    to_timestamp(3600 * floor(epoch_us({{ instant }}) / 3600000000))
{%- endmacro %}


{# One row per UTC hour that a period overlaps; the end does not belong to it. #}
{% macro utc_hours_of(start, finish) -%}
    unnest(generate_series({{ utc_hour(start) }}, {{ utc_hour(finish ~ " - interval 1 microsecond") }}, interval 1 hour))
{%- endmacro %}


{# The Monday of a date's week. #}
{% macro week_start(date) -%}
    cast({{ dbt.date_trunc('week', date) }} as date)
{%- endmacro %}


{# One row per day of a week: 0 is the first. #}
{% macro days_of_week() -%}
    unnest(range(7))
{%- endmacro %}


{% macro plus_hours(instant, hours) -%}
    ({{ instant }} + to_hours({{ hours }}))
{%- endmacro %}
