{#
    What the engine does with JSON. A value that does not fit its type becomes NULL, and its neighbors are kept:
    bad data must never fail a build.
#}
{% macro from_json(expression, shape) -%}
    from_json({{ expression }}, '{{ tojson(shape) }}')
{%- endmacro %}


{# The nested parts of a service job, in Amazon's names. #}
{% macro service_job_shape(part) -%}
    {%- set appointment_time = {"startTime": "TIMESTAMPTZ", "durationInMinutes": "INTEGER"} -%}
    {%- set technicians = [{"technicianId": "VARCHAR", "name": "VARCHAR"}] -%}
    {%- set proof_of_appointment = {
        "appointmentTime": appointment_time,
        "technicians": technicians,
        "uploadTime": "TIMESTAMPTZ",
        "poaType": "VARCHAR",
    } -%}
    {{ return({
        "scope_of_work": {
            "asin": "VARCHAR", "title": "VARCHAR", "quantity": "BIGINT", "requiredSkills": ["VARCHAR"],
        },
        "buyer": {"buyerKey": "VARCHAR", "isPrimeMember": "BOOLEAN"},
        "service_location": {
            "serviceLocationType": "VARCHAR",
            "address": {
                "city": "VARCHAR", "stateOrRegion": "VARCHAR", "postalCode": "VARCHAR", "countryCode": "VARCHAR",
            },
        },
        "preferred_appointment_times": [appointment_time],
        "appointments": [{
            "appointmentId": "VARCHAR",
            "appointmentStatus": "VARCHAR",
            "appointmentTime": appointment_time,
            "assignedTechnicians": technicians,
            "rescheduledAppointmentId": "VARCHAR",
            "poa": proof_of_appointment,
        }],
        "associated_items": [{
            "asin": "VARCHAR", "title": "VARCHAR", "quantity": "BIGINT", "orderId": "VARCHAR",
            "itemStatus": "VARCHAR", "brandName": "VARCHAR",
            "itemDelivery": {
                "estimatedDeliveryDate": "TIMESTAMPTZ",
                "itemDeliveryPromise": {"startTime": "TIMESTAMPTZ", "endTime": "TIMESTAMPTZ"},
            },
        }],
        "payments": [{"amount": {"value": "DECIMAL(18, 4)", "currency": "VARCHAR"}, "instrument": "VARCHAR"}],
    }[part]) }}
{%- endmacro %}
