"""Operators that add and reschedule appointments and assign technicians."""

from collections.abc import Sequence
from datetime import datetime

from amazon_services.operators.base import AmazonServicesWriteOperator


class AmazonServicesAddAppointmentOperator(AmazonServicesWriteOperator):
    """Add an appointment to a job that has no active one. Pushes `appointment_id`.

    Args:
        service_job_id: Amazon's id of the job.
        start: Start with a time zone, or as ISO-8601 text; that of a slot that Amazon offers for the job, at most 365 days away.
        duration_minutes: The length of the slot, which is also the default.
    """

    write_type = "AddAppointment"
    template_fields = (*AmazonServicesWriteOperator.template_fields, "service_job_id", "start", "duration_minutes")

    def __init__(
        self, *, service_job_id: str, start: datetime | str, duration_minutes: int | str | None = None, **kwargs
    ) -> None:
        super().__init__(**kwargs)
        self.service_job_id = service_job_id
        self.start = start
        self.duration_minutes = duration_minutes


class AmazonServicesRescheduleAppointmentOperator(AmazonServicesWriteOperator):
    """Reschedule an active appointment. Pushes the `appointment_id` of the new one, which replaces it.

    The warning `RESOURCES_UNASSIGNED` means that the new appointment has no technician.

    Args:
        service_job_id: Amazon's id of the job.
        appointment_id: Amazon's id of the appointment.
        start: Start with a time zone, or as ISO-8601 text; that of a slot that Amazon offers for the job, at most 365 days away.
        reschedule_reason_code: A code that Amazon allows for the marketplace and type of service (`dim_reason_code`).
        duration_minutes: The length of the slot, which is also the default.
        service_type: `default`, `heavy_bulk` or `recurring`, for jobs that do not show their type; by default any of them.
    """

    write_type = "RescheduleAppointment"
    template_fields = (
        *AmazonServicesWriteOperator.template_fields, "service_job_id", "appointment_id", "start", "reschedule_reason_code",
        "duration_minutes", "service_type",
    )  # fmt: skip

    def __init__(
        self,
        *,
        service_job_id: str,
        appointment_id: str,
        start: datetime | str,
        reschedule_reason_code: str,
        duration_minutes: int | str | None = None,
        service_type: str | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.service_job_id = service_job_id
        self.appointment_id = appointment_id
        self.start = start
        self.reschedule_reason_code = reschedule_reason_code
        self.duration_minutes = duration_minutes
        self.service_type = service_type


class AmazonServicesAssignResourcesOperator(AmazonServicesWriteOperator):
    """Assign technicians to an active appointment, in place of the current ones.

    Args:
        service_job_id: Amazon's id of the job.
        appointment_id: Amazon's id of the appointment.
        resource_ids: Ids of technicians, as a list or a comma-separated text.
    """

    write_type = "AssignResources"
    template_fields = (*AmazonServicesWriteOperator.template_fields, "service_job_id", "appointment_id", "resource_ids")

    def __init__(self, *, service_job_id: str, appointment_id: str, resource_ids: Sequence[str] | str, **kwargs) -> None:
        super().__init__(**kwargs)
        self.service_job_id = service_job_id
        self.appointment_id = appointment_id
        self.resource_ids = resource_ids
