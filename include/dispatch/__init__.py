"""Acting on what the warehouse shows: appointments, technicians, proofs, schedules, reservations; without Airflow.

    with ServicesClient(account) as client:
        done = carry_out(client, AssignResources(service_job_id=..., appointment_id=..., resource_ids=[...]), requested_by="me")

A write is a value (`appointments`, `fulfillment`, `capacity`). `carry_out` judges it (`guide`, `inputs`, then the job itself),
tells the journal (`include.warehouse.api_writes`), sends it, and tells the journal what became of it. `rehearse` judges it and
sends nothing. `assignments` and `schedules` are the two ready flows; `conditions` is what one can wait for.
"""

from include.dispatch.appointments import AddAppointment, AssignResources, RescheduleAppointment
from include.dispatch.capacity import CancelReservation, CreateReservation, UpdateReservation, UpdateSchedule
from include.dispatch.fulfillment import CancelJob, CompleteJob, SetFulfillmentData, UploadDocument
from include.dispatch.sending import Done, carry_out
from include.dispatch.write import Write, rehearse

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
