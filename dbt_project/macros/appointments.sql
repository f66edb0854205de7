{# What can be said of a job's appointments while they are still one list, in the shape of `service_job_shapes`. #}

{% macro scheduled_ends(appointments) -%}
    [
            {{ plus_minutes('each.appointmentTime.startTime', 'each.appointmentTime.durationInMinutes') }}
            for each in {{ appointments }}
        ]
{%- endmacro %}


{# As given; where the API gives none, the job's id and the place in the payload. #}
{% macro appointment_ids(appointments) -%}
    [
            coalesce(each.appointmentId, concat(service_job_id, '#', place))
            for each, place in {{ appointments }}
        ]
{%- endmacro %}


{# The id of the one whose `rescheduledAppointmentId` is this id; NULL when there is none. #}
{% macro appointment_replaced_by(appointments, ids, id) -%}
    {{ element_at(ids, position_of('[each.rescheduledAppointmentId for each in ' ~ appointments ~ ']', id)) }}
{%- endmacro %}


{# Everybody who is named in them, assigned or proven. #}
{% macro technicians_of(appointments) -%}
    flatten([
            list_concat(each.assignedTechnicians, each.poa.technicians) for each in {{ appointments }}
        ])
{%- endmacro %}
