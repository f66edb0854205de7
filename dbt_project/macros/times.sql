{# Expressions for instants and time zones. They are NULL if an instant, duration or time zone is NULL. #}

{#
    The local date of an instant. To compute the local time of every row takes longer than the rest of a model.
    Therefore `int_local_days` computes it once per time zone and UTC day, and models look it up with join_local_day and
    local_date_in.
#}
{% macro local_date(instant, time_zone) -%}
    {{ return(adapter.dispatch('local_date')(instant, time_zone)) }}
{%- endmacro %}


{# The local time of an instant, without a time zone. It is slow: see `local_date`. #}
{% macro local_time(instant, time_zone) -%}
    {{ return(adapter.dispatch('local_time')(instant, time_zone)) }}
{%- endmacro %}


{# The instant at which a date begins in a time zone. #}
{% macro start_of_local_date(date, time_zone) -%}
    {{ return(adapter.dispatch('start_of_local_date')(date, time_zone)) }}
{%- endmacro %}


{# Days since 1970-01-01, by UTC. #}
{% macro utc_day(instant) -%}
    {{ return(adapter.dispatch('utc_day')(instant)) }}
{%- endmacro %}


{% macro start_of_utc_day(utc_day) -%}
    {{ return(adapter.dispatch('start_of_utc_day')(utc_day)) }}
{%- endmacro %}


{% macro join_local_day(as, instant, time_zone) -%}
    left join {{ ref('int_local_days') }} as {{ as }}
        on {{ as }}.time_zone = {{ time_zone }} and {{ as }}.utc_day = {{ utc_day(instant) }}
{%- endmacro %}


{# A UTC day contains at most one change of the local date, because local time differs from UTC by less than a day. #}
{% macro local_date_in(day, instant) -%}
    case
        when {{ instant }} < {{ day }}.next_date_starts_at then {{ day }}.first_date
        else {{ day }}.next_date
    end
{%- endmacro %}


{% macro plus_minutes(instant, minutes) -%}
    {{ return(adapter.dispatch('plus_minutes')(instant, minutes)) }}
{%- endmacro %}


{# Whole minutes, rounded towards minus infinity: one second early is -1. #}
{% macro whole_minutes_between(start, finish) -%}
    {{ return(adapter.dispatch('whole_minutes_between')(start, finish)) }}
{%- endmacro %}


{% macro microseconds_between(start, finish) -%}
    {{ return(adapter.dispatch('microseconds_between')(start, finish)) }}
{%- endmacro %}


{% macro hours_between(start, finish) -%}
    {{ return(adapter.dispatch('hours_between')(start, finish)) }}
{%- endmacro %}


{# The UTC hour of an instant, by epoch arithmetic, which is independent of the session's time zone. #}
{% macro utc_hour(instant) -%}
    {{ return(adapter.dispatch('utc_hour')(instant)) }}
{%- endmacro %}


{# One row per UTC hour from one to another one, both included. #}
{% macro utc_hours_between(first, last) -%}
    {{ return(adapter.dispatch('utc_hours_between')(first, last)) }}
{%- endmacro %}


{# One row per UTC hour that a period overlaps; its end is exclusive. #}
{% macro utc_hours_of(start, finish) -%}
    {{ return(adapter.dispatch('utc_hours_of')(start, finish)) }}
{%- endmacro %}


{# The Monday of a date's week. #}
{% macro week_start(date) -%}
    cast({{ dbt.date_trunc('week', date) }} as date)
{%- endmacro %}


{# One row per day of a week, from 0. #}
{% macro days_of_week() -%}
    {{ return(adapter.dispatch('days_of_week')()) }}
{%- endmacro %}


{% macro plus_hours(instant, hours) -%}
    {{ return(adapter.dispatch('plus_hours')(instant, hours)) }}
{%- endmacro %}
