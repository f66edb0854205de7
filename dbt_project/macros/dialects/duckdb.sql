{#
    DuckDB's SQL for the other macros. To support another engine, add a file like this one with the prefix of its
    adapter.
#}


{# json.sql #}
{% macro duckdb__from_json(column, shapes) -%}
    from_json({{ column }}, '{{ shapes[column] }}')
{%- endmacro %}


{# lists.sql #}
{% macro duckdb__field_of_each(structs, field) -%}
    coalesce([element.{{ field }} for element in {{ structs }} if element.{{ field }} is not null], [])
{%- endmacro %}


{% macro duckdb__known_values(list) -%}
    coalesce([element for element in {{ list }} if element is not null], [])
{%- endmacro %}


{% macro duckdb__list_size(list) -%}
    coalesce(len({{ list }}), 0)
{%- endmacro %}


{% macro duckdb__list_has(list, value) -%}
    list_contains({{ list }}, {{ value }})
{%- endmacro %}


{% macro duckdb__lists_overlap(list, other) -%}
    list_has_any({{ list }}, {{ other }})
{%- endmacro %}


{% macro duckdb__positions_of(list) -%}
    unnest(range(1, {{ list_size(list) }} + 1))
{%- endmacro %}


{% macro duckdb__position_of(list, value) -%}
    list_position({{ list }}, {{ value }})
{%- endmacro %}


{% macro duckdb__element_at(list, position) -%}
    {{ list }}[{{ position }}]
{%- endmacro %}


{% macro duckdb__any_element(list) -%}
    unnest({{ list }})
{%- endmacro %}


{% macro duckdb__earliest_of(list) -%}
    list_min({{ list }})
{%- endmacro %}


{% macro duckdb__latest_of(list) -%}
    list_max({{ list }})
{%- endmacro %}


{# newest.sql #}
{% macro duckdb__newest(column, by) -%}
    max_by({{ column }}, ({{ by | join(', ') }}))
{%- endmacro %}


{% macro duckdb__first(column, by) -%}
    min_by({{ column }}, ({{ by | join(', ') }}))
{%- endmacro %}


{% macro duckdb__last_known(expression) -%}
    last_value({{ expression }} ignore nulls) over so_far
{%- endmacro %}


{% macro duckdb__all_but(relation, columns) -%}
    {{ relation }}.* exclude ({{ columns | join(', ') }})
{%- endmacro %}


{# times.sql #}
{% macro duckdb__local_date(instant, time_zone) -%}
    cast(timezone({{ time_zone }}, {{ instant }}) as date)
{%- endmacro %}


{% macro duckdb__local_time(instant, time_zone) -%}
    timezone({{ time_zone }}, {{ instant }})
{%- endmacro %}


{% macro duckdb__start_of_local_date(date, time_zone) -%}
    timezone({{ time_zone }}, cast({{ date }} as timestamp))
{%- endmacro %}


{% macro duckdb__utc_day(instant) -%}
    cast(floor(epoch_us({{ instant }}) / 86400000000) as bigint)
{%- endmacro %}


{% macro duckdb__start_of_utc_day(utc_day) -%}
    to_timestamp(86400 * {{ utc_day }})
{%- endmacro %}


{% macro duckdb__plus_minutes(instant, minutes) -%}
    ({{ instant }} + to_minutes(cast({{ minutes }} as bigint)))
{%- endmacro %}


{% macro duckdb__whole_minutes_between(start, finish) -%}
    cast(floor((epoch_us({{ finish }}) - epoch_us({{ start }})) / 60000000) as bigint)
{%- endmacro %}


{% macro duckdb__microseconds_between(start, finish) -%}
    (epoch_us({{ finish }}) - epoch_us({{ start }}))
{%- endmacro %}


{% macro duckdb__utc_hours_between(first, last) -%}
    unnest(generate_series({{ first }}, {{ last }}, interval 1 hour))
{%- endmacro %}


{% macro duckdb__hours_between(start, finish) -%}
    ((epoch_us({{ finish }}) - epoch_us({{ start }})) / 3600000000)
{%- endmacro %}


{% macro duckdb__utc_hour(instant) -%}
    to_timestamp(3600 * floor(epoch_us({{ instant }}) / 3600000000))
{%- endmacro %}


{% macro duckdb__utc_hours_of(start, finish) -%}
    unnest(generate_series({{ utc_hour(start) }}, {{ utc_hour(finish ~ " - interval 1 microsecond") }}, interval 1 hour))
{%- endmacro %}


{% macro duckdb__days_of_week() -%}
    unnest(range(7))
{%- endmacro %}


{% macro duckdb__plus_hours(instant, hours) -%}
    ({{ instant }} + to_hours({{ hours }}))
{%- endmacro %}


{# appointments.sql #}
{% macro duckdb__scheduled_ends(appointments) -%}
    [
            {{ plus_minutes('each.appointmentTime.startTime', 'each.appointmentTime.durationInMinutes') }}
            for each in {{ appointments }}
        ]
{%- endmacro %}


{% macro duckdb__appointment_ids(appointments) -%}
    [
            coalesce(each.appointmentId, concat(service_job_id, '#', place))
            for each, place in {{ appointments }}
        ]
{%- endmacro %}


{% macro duckdb__appointment_replaced_by(appointments, ids, id) -%}
    {{ element_at(ids, position_of('[each.rescheduledAppointmentId for each in ' ~ appointments ~ ']', id)) }}
{%- endmacro %}


{% macro duckdb__technicians_of(appointments) -%}
    flatten([
            list_concat(each.assignedTechnicians, each.poa.technicians) for each in {{ appointments }}
        ])
{%- endmacro %}


{# payments.sql #}
{% macro duckdb__payment_total(payments) -%}
    cast(list_sum([each.amount.value for each in {{ payments }}]) as decimal(18, 4))
{%- endmacro %}


{% macro duckdb__payment_currency(payments) -%}
    case
            when list_unique([each.amount.currency for each in {{ payments }}]) = 1
                then list_min([each.amount.currency for each in {{ payments }}])
        end
{%- endmacro %}


{# names.sql #}
{% macro duckdb__plain_name(text) -%}
    lower(strip_accents(trim({{ text }})))
{%- endmacro %}
