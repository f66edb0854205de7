"""Acting on what the warehouse shows: appointments, technicians, proofs, schedules, reservations; without Airflow.

    with ServicesClient(account) as client:
        done = carry_out(client, AssignResources(service_job_id=..., appointment_id=..., resource_ids=[...]), requested_by="me")

A write is a value (`appointments`, `fulfillment`, `capacity`). `carry_out` judges it (`guide`, `inputs`, then the job itself),
journals the attempt (`include.warehouse.journal.api_writes`), sends it, and journals its outcome. `rehearse` judges it and sends
nothing. `assignments` and `schedules` are the two ready flows; `conditions` is what one can wait for.
"""

from include.writes.appointments import AddAppointment, AssignResources, RescheduleAppointment
from include.writes.capacity import CancelReservation, CreateReservation, UpdateReservation, UpdateSchedule
from include.writes.fulfillment import CancelJob, CompleteJob, SetFulfillmentData, UploadDocument
from include.writes.sending import Done, carry_out
from include.writes.write import Write, rehearse

__all__ = [
    "AddAppointment",
    "AssignResources",
    "CancelJob",
    "CancelReservation",
    "CompleteJob",
    "CreateReservation",
    "Done",
    "RescheduleAppointment",
    "SetFulfillmentData",
    "UpdateReservation",
    "UpdateSchedule",
    "UploadDocument",
    "Write",
    "carry_out",
    "rehearse",
]
