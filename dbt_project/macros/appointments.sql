{# What can be said of a job's appointments while they are still one list, in the shape of `service_job_shapes`. #}

{% macro scheduled_ends(appointments) -%}
    {{ return(adapter.dispatch('scheduled_ends')(appointments)) }}
{%- endmacro %}


{# As given; where the API gives none, the job's id and the place in the payload. #}
{% macro appointment_ids(appointments) -%}
    {{ return(adapter.dispatch('appointment_ids')(appointments)) }}
{%- endmacro %}


{# The id of the one whose `rescheduledAppointmentId` is this id; NULL when there is none. #}
{% macro appointment_replaced_by(appointments, ids, id) -%}
    {{ return(adapter.dispatch('appointment_replaced_by')(appointments, ids, id)) }}
{%- endmacro %}


{# Everybody who is named in them, assigned or proven. #}
{% macro technicians_of(appointments) -%}
    {{ return(adapter.dispatch('technicians_of')(appointments)) }}
{%- endmacro %}
