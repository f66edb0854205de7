"""Writes to the Services API: appointments, fulfillment data, schedules and reservations. Works without Airflow.

    with ServicesClient(account) as client:
        result = carry_out(client, AssignResources(service_job_id=..., appointment_id=..., resource_ids=[...]), requested_by="me")

A write is a frozen dataclass (`appointments`, `fulfillment`, `capacity`, `update_schedule`). `carry_out` checks it by Amazon's
guide and the current state, journals the attempt (`include.warehouse.journal.api_writes`), sends it, and journals the outcome.
`rehearse` checks it and sends nothing. `assignments` and `schedules` send what a table holds; `conditions` are what the sensors
wait for.
"""

from include.writes.appointments import AddAppointment, AssignResources, RescheduleAppointment
from include.writes.capacity import CancelReservation, CreateReservation, UpdateReservation
from include.writes.fulfillment import CancelJob, CompleteJob, SetFulfillmentData, UploadDocument
from include.writes.sending import WriteResult, carry_out
from include.writes.update_schedule import UpdateSchedule
from include.writes.write import Write, rehearse

__all__ = [
    "AddAppointment",
    "AssignResources",
    "CancelJob",
    "CancelReservation",
    "CompleteJob",
    "CreateReservation",
    "RescheduleAppointment",
    "SetFulfillmentData",
    "UpdateReservation",
    "UpdateSchedule",
    "UploadDocument",
    "Write",
    "WriteResult",
    "carry_out",
    "rehearse",
]
