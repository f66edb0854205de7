{# Expressions for the list of a job's appointments, in the structure of `service_job_shapes`. #}

{% macro scheduled_ends(appointments) -%}
    {{ return(adapter.dispatch('scheduled_ends')(appointments)) }}
{%- endmacro %}


{# The ids as received; if the API returns none, the job's id and the position in the payload. #}
{% macro appointment_ids(appointments) -%}
    {{ return(adapter.dispatch('appointment_ids')(appointments)) }}
{%- endmacro %}


{# The id of the appointment whose `rescheduledAppointmentId` is this id; NULL if there is none. #}
{% macro appointment_replaced_by(appointments, ids, id) -%}
    {{ return(adapter.dispatch('appointment_replaced_by')(appointments, ids, id)) }}
{%- endmacro %}


{# All technicians, assigned or named in a proof of appointment. #}
{% macro technicians_of(appointments) -%}
    {{ return(adapter.dispatch('technicians_of')(appointments)) }}
{%- endmacro %}
