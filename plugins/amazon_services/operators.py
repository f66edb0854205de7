"""Operators for the writes of the Services API, templated and safe to run again.

.. code-block:: python

    AmazonServicesAssignResourcesOperator.partial(task_id="assign").expand_kwargs(
        [{"service_job_id": "...", "appointment_id": "...", "resource_ids": ["A1TECHNICIAN"]}]
    )

Each checks its arguments before anything is sent, journals each attempt in `ops.api_writes` before and after sending it, checks
whether an earlier attempt arrived before it retries, and returns the ids and warnings of the response.

A time of capacity is `{"start": ..., "end": ..., "capacity": n, "recurrence": {"end": ..., "days_of_week": ["MONDAY"],
"days_of_month": [1]}}`; capacity and recurrence are optional, times are datetimes with a time zone or ISO-8601 text, and days are
in UTC.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from amazon_services.write_operator import AmazonServicesWriteOperator

if TYPE_CHECKING:
    from include.writes import Write


class AmazonServicesAddAppointmentOperator(AmazonServicesWriteOperator):
    """Add an appointment to a job that has no active one. Pushes `appointment_id`.

    Args:
        service_job_id: Amazon's id of the job.
        start: Start with a time zone, or as ISO-8601 text; in the future, at most 365 days away.
        duration_minutes: The duration that Amazon has configured, which is also the default.
    """

    write_type = "AddAppointment"
    service_job_id: str
    start: datetime | str
    duration_minutes: int | str | None = None


class AmazonServicesRescheduleAppointmentOperator(AmazonServicesWriteOperator):
    """Reschedule an active appointment. Pushes the `appointment_id` of the new one, which replaces it.

    The warning `RESOURCES_UNASSIGNED` means that the new appointment has no technician.

    Args:
        service_job_id: Amazon's id of the job.
        appointment_id: Amazon's id of the appointment.
        start: Start with a time zone, or as ISO-8601 text; in the future, at most 365 days away.
        reschedule_reason_code: A code that Amazon allows for the marketplace and type of service (`dim_reason_code`).
        duration_minutes: The duration that Amazon has configured, which is also the default.
        service_type: `default`, `heavy_bulk` or `recurring`; by default that of the job, or any of them.
    """

    write_type = "RescheduleAppointment"
    service_job_id: str
    appointment_id: str
    start: datetime | str
    reschedule_reason_code: str
    duration_minutes: int | str | None = None
    service_type: str | None = None


class AmazonServicesAssignResourcesOperator(AmazonServicesWriteOperator):
    """Assign technicians to an active appointment, in place of the current ones.

    Args:
        service_job_id: Amazon's id of the job.
        appointment_id: Amazon's id of the appointment.
        resource_ids: Ids of technicians, as a list or a comma-separated text.
    """

    write_type = "AssignResources"
    service_job_id: str
    appointment_id: str
    resource_ids: Sequence[str] | str


class AmazonServicesUpdateScheduleOperator(AmazonServicesWriteOperator):
    """Set the schedule of a resource. It replaces the current schedule in these times.

    Args:
        resource_id: Amazon's id of the resource.
        schedules: Times of capacity, each at least 5 minutes long (30 in the United Kingdom and Germany).
        marketplace_id: Marketplace; by default the only one of the connection.
    """

    write_type = "UpdateSchedule"
    resource_id: str
    schedules: Sequence[dict]
    marketplace_id: str | None = None


class AmazonServicesCreateReservationOperator(AmazonServicesWriteOperator):
    """Reserve capacity of a resource. Pushes `reservation_id`.

    Args:
        resource_id: Amazon's id of the resource.
        type: `APPOINTMENT`, `TRAVEL`, `VACATION`, `BREAK` or `TRAINING`.
        availability: Time of capacity.
        marketplace_id: Marketplace; by default the only one of the connection.
    """

    write_type = "CreateReservation"
    resource_id: str
    type: str
    availability: dict
    marketplace_id: str | None = None


class AmazonServicesUpdateReservationOperator(AmazonServicesWriteOperator):
    """Change the times of a reservation. Pushes its new `reservation_id`; the old one becomes invalid.

    Args:
        reservation_id: Amazon's current id of the reservation.
        resource_id: Amazon's id of the resource.
        type: Type of the reservation, unchanged.
        availability: New time of capacity.
        marketplace_id: Marketplace; by default the only one of the connection.
    """

    write_type = "UpdateReservation"
    reservation_id: str
    resource_id: str
    type: str
    availability: dict
    marketplace_id: str | None = None


class AmazonServicesCancelReservationOperator(AmazonServicesWriteOperator):
    """Cancel a reservation.

    Args:
        reservation_id: Amazon's id of the reservation.
        marketplace_id: Marketplace; by default the only one of the connection.
    """

    write_type = "CancelReservation"
    reservation_id: str
    marketplace_id: str | None = None


class AmazonServicesSetFulfillmentDataOperator(AmazonServicesWriteOperator):
    """Set the fulfillment data of an appointment. At least one of the optional arguments is required.

    Args:
        service_job_id: Amazon's id of the job.
        appointment_id: Amazon's id of the appointment.
        estimated_arrival: Start and end as a pair or `{"start": ..., "end": ...}`, with a time zone or as ISO-8601 text.
        fulfillment_time: Start and end of the work, in the same form; in the past.
        resource_ids: Ids of the technicians who did the work.
        documents: What `AmazonServicesUploadDocumentOperator` pushed: one document or a list.
    """

    write_type = "SetFulfillmentData"
    service_job_id: str
    appointment_id: str
    estimated_arrival: Sequence | dict | None = None
    fulfillment_time: Sequence | dict | None = None
    resource_ids: Sequence[str] | str | None = None
    documents: Sequence[dict] | dict | None = None


class AmazonServicesUploadDocumentOperator(AmazonServicesWriteOperator):
    """Encrypt and upload a proof of appointment. Pushes `upload_destination_id` and `content_sha256`, for `documents`.

    Args:
        file: Path of a TIFF, JPG, PNG, JPEG, GIF or PDF file of at most 5,242,880 bytes.
        content_type: One of these types; by default detected from the content.
    """

    file: str | Path
    content_type: str | None = None

    @override
    def write(self) -> "Write":
        from include.writes import UploadDocument, documents

        return UploadDocument(content=documents.read(self.file), content_type=self.content_type)


class AmazonServicesCompleteJobOperator(AmazonServicesWriteOperator):
    """Complete a job whose fulfillment data has been set.

    Args:
        service_job_id: Amazon's id of the job.
    """

    write_type = "CompleteJob"
    service_job_id: str


class AmazonServicesCancelJobOperator(AmazonServicesWriteOperator):
    """Cancel a job.

    Args:
        service_job_id: Amazon's id of the job.
        cancellation_reason_code: A code that Amazon allows for the marketplace and type of service (`dim_reason_code`).
        service_type: `default`, `heavy_bulk` or `recurring`; by default that of the job, or any of them.
    """

    write_type = "CancelJob"
    service_job_id: str
    cancellation_reason_code: str
    service_type: str | None = None
