"""Operators for appointments: add, reschedule, assign."""

from collections.abc import Sequence
from datetime import datetime

from amazon_services.operators.base import AmazonServicesWriteOperator


class AmazonServicesAddAppointmentOperator(AmazonServicesWriteOperator):
    """Add an appointment to a job that has no active one. Pushes `appointment_id`.

    :param service_job_id: Amazon's id of the job.
    :param start: a time with a time zone, or ISO-8601 text of one; in the future, at most 365 days.
    :param duration_minutes: the length that Amazon has configured, which it takes by itself where nothing is given.
    """

    template_fields = (*AmazonServicesWriteOperator.template_fields, "service_job_id", "start", "duration_minutes")

    def __init__(
        self, *, service_job_id: str, start: datetime | str, duration_minutes: int | str | None = None, **kwargs
    ) -> None:
        super().__init__(**kwargs)
        self.service_job_id = service_job_id
        self.start = start
        self.duration_minutes = duration_minutes

    def write(self):
        from include.writes import AddAppointment

        return AddAppointment(service_job_id=self.service_job_id, start=self.start, duration_minutes=self.duration_minutes)


class AmazonServicesRescheduleAppointmentOperator(AmazonServicesWriteOperator):
    """Move an active appointment. Pushes the `appointment_id` of the one that replaces it.

    A warning `RESOURCES_UNASSIGNED` says that the new one has no technician yet.

    :param service_job_id: Amazon's id of the job.
    :param appointment_id: Amazon's id of the appointment.
    :param start: a time with a time zone, or ISO-8601 text of one; in the future, at most 365 days.
    :param reschedule_reason_code: one that Amazon allows in the marketplace for the type of service (`dim_reason_code`).
    :param duration_minutes: the length that Amazon has configured, which it takes by itself where nothing is given.
    :param service_type: `default`, `heavy_bulk` or `recurring`; by the job, or any of them, where nothing is given.
    """

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

    def write(self):
        from include.writes import RescheduleAppointment

        return RescheduleAppointment(
            service_job_id=self.service_job_id, appointment_id=self.appointment_id, start=self.start,
            reschedule_reason_code=self.reschedule_reason_code, duration_minutes=self.duration_minutes,
            service_type=self.service_type,
        )  # fmt: skip


class AmazonServicesAssignResourcesOperator(AmazonServicesWriteOperator):
    """Assign technicians to an active appointment; they replace whoever was assigned.

    :param service_job_id: Amazon's id of the job.
    :param appointment_id: Amazon's id of the appointment.
    :param resource_ids: technicians' ids, a list or a text separated by commas.
    """

    template_fields = (*AmazonServicesWriteOperator.template_fields, "service_job_id", "appointment_id", "resource_ids")

    def __init__(self, *, service_job_id: str, appointment_id: str, resource_ids: Sequence[str] | str, **kwargs) -> None:
        super().__init__(**kwargs)
        self.service_job_id = service_job_id
        self.appointment_id = appointment_id
        self.resource_ids = resource_ids

    def write(self):
        from include.writes import AssignResources

        return AssignResources(
            service_job_id=self.service_job_id, appointment_id=self.appointment_id, resource_ids=self.resource_ids
        )
