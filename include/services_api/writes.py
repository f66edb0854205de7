"""The eleven write operations.

A write that may have been carried out is not repeated: see `OutcomeUnknown`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from include.services_api import operations, parameters
from include.services_api.parameters import choice, choices, drop_none, marketplace, moment, number, period, refuse, text, values
from include.services_api.responses import Response

Period = tuple[datetime, datetime]
MOST_VALUES = 1_000


@dataclass(frozen=True)
class Recurrence:
    """Repetition of an availability until `end`: on days of the week, or on days of the month (1 to 31)."""

    end: datetime
    days_of_week: tuple[str, ...] = ()
    days_of_month: tuple[int, ...] = ()

    def body(self) -> dict:
        """Its JSON in a request."""
        body: dict = {"endTime": moment("recurrence.end", self.end)}
        if self.days_of_week:
            body["daysOfWeek"] = choices("recurrence.days_of_week", self.days_of_week, parameters.DAYS_OF_WEEK)
        if self.days_of_month:
            body["daysOfMonth"] = [number("recurrence.days_of_month", day, 1, 31) for day in self.days_of_month]
        return body


@dataclass(frozen=True)
class Availability:
    """A time in which a resource has the `capacity` (Amazon's default is 1), or in which that capacity is reserved."""

    start: datetime
    end: datetime
    capacity: int | None = None
    recurrence: Recurrence | None = None

    def body(self) -> dict:
        """Its JSON in a request."""
        body: dict = period("startTime", self.start, "endTime", self.end)
        if self.capacity is not None:
            body["capacity"] = number("capacity", self.capacity, 1, 2**31 - 1)
        if self.recurrence is not None:
            body["recurrence"] = self.recurrence.body()
            if self.recurrence.end <= self.start:
                raise refuse("recurrence.end", f"later than startTime ({body['startTime']})", body["recurrence"]["endTime"])
        return body


@dataclass(frozen=True)
class FulfillmentDocument:
    """An uploaded proof of appointment. `content_sha256` is the SHA-256 of the encrypted bytes in Base64."""

    upload_destination_id: str
    content_sha256: str

    def body(self) -> dict:
        """Its JSON in a request."""
        return {
            "uploadDestinationId": text("upload_destination_id", self.upload_destination_id, most=1_000),
            "contentSha256": text("content_sha256", self.content_sha256),
        }


class Writes:
    """Write operations of `ServicesClient`, which documents their errors. Datetimes need a time zone."""

    _call: Callable[..., Response]

    def cancel_service_job(self, service_job_id: str, cancellation_reason_code: str) -> Response:
        """Cancel a job. Reason codes depend on marketplace and service type; Amazon's use case guide lists them."""
        code = text("cancellation_reason_code", cancellation_reason_code, pattern=parameters.REASON_CODE)
        return self._call(operations.CANCEL_JOB, path={"service_job_id": service_job_id}, query={"cancellationReasonCode": code})

    def complete_service_job(self, service_job_id: str) -> Response:
        """Complete a job."""
        return self._call(operations.COMPLETE_JOB, path={"service_job_id": service_job_id})

    def add_appointment(self, service_job_id: str, start: datetime, duration_minutes: int | None = None) -> Response:
        """Add an appointment. The `payload` of the response has its `appointmentId`."""
        body = {"appointmentTime": _appointment_time(start, duration_minutes)}
        return self._call(operations.ADD_APPOINTMENT, path={"service_job_id": service_job_id}, body=body)

    def reschedule_appointment(
        self,
        service_job_id: str,
        appointment_id: str,
        start: datetime,
        reschedule_reason_code: str,
        duration_minutes: int | None = None,
    ) -> Response:
        """Reschedule an appointment. The `payload` has the `appointmentId` of the new one, which replaces it."""
        body = {
            "appointmentTime": _appointment_time(start, duration_minutes),
            "rescheduleReasonCode": text("reschedule_reason_code", reschedule_reason_code),
        }
        return self._call(operations.RESCHEDULE_APPOINTMENT, path=_appointment(service_job_id, appointment_id), body=body)

    def assign_appointment_resources(self, service_job_id: str, appointment_id: str, resource_ids: Iterable[str]) -> Response:
        """Assign resources, in place of the current ones. The response has a warning if a resource is overbooked."""
        body = {"resources": _resources(resource_ids)}
        return self._call(operations.ASSIGN_RESOURCES, path=_appointment(service_job_id, appointment_id), body=body)

    def set_appointment_fulfillment_data(
        self,
        service_job_id: str,
        appointment_id: str,
        *,
        estimated_arrival: Period | None = None,
        fulfillment_time: Period | None = None,
        resource_ids: Iterable[str] | None = None,
        documents: Iterable[FulfillmentDocument] | None = None,
    ) -> Response:
        """Set the expected arrival, the time of the work, the technicians or the proofs of an appointment."""
        body: dict = {}
        for name, times in {"estimatedArrivalTime": estimated_arrival, "fulfillmentTime": fulfillment_time}.items():
            if times is not None:
                body[name] = period(f"{name}.startTime", times[0], f"{name}.endTime", times[1])
                body[name] = {field.split(".")[1]: value for field, value in body[name].items()}
        if resource_ids is not None:
            body["appointmentResources"] = _resources(resource_ids)
        if documents is not None:
            body["fulfillmentDocuments"] = [document.body() for document in values("documents", documents, MOST_VALUES)]
        if not body:
            raise refuse("fulfillment data", "at least one of its parts", None)
        return self._call(operations.SET_FULFILLMENT, path=_appointment(service_job_id, appointment_id), body=body)

    def update_schedule(self, marketplace_id: str, resource_id: str, schedules: Iterable[Availability]) -> Response:
        """Set the schedule of a resource. The response has a record for each schedule, with warnings and errors."""
        body = {"schedules": [schedule.body() for schedule in values("schedules", schedules, MOST_VALUES)]}
        return self._call(
            operations.UPDATE_SCHEDULE, path={"resource_id": resource_id}, query=marketplace(marketplace_id), body=body
        )

    def create_reservation(self, marketplace_id: str, resource_id: str, type: str, availability: Availability) -> Response:
        """Reserve a resource. The `payload` has the `reservation` with its `reservationId`."""
        body = _reservation(resource_id, type, availability)
        return self._call(operations.CREATE_RESERVATION, query=marketplace(marketplace_id), body=body)

    def update_reservation(
        self, marketplace_id: str, reservation_id: str, resource_id: str, type: str, availability: Availability
    ) -> Response:
        """Change a reservation. The `payload` has the `reservation` with a new `reservationId`; the old one is invalid."""
        body = _reservation(resource_id, type, availability)
        path = {"reservation_id": reservation_id}
        return self._call(operations.UPDATE_RESERVATION, path=path, query=marketplace(marketplace_id), body=body)

    def cancel_reservation(self, marketplace_id: str, reservation_id: str) -> Response:
        """Cancel a reservation."""
        path = {"reservation_id": reservation_id}
        return self._call(operations.CANCEL_RESERVATION, path=path, query=marketplace(marketplace_id))

    def create_service_document_upload_destination(
        self, content_type: str, content_length: int, content_md5: str | None = None
    ) -> Response:
        """Create a destination for a file of `content_length` bytes.

        Returns:
            `payload` has `url`, `uploadDestinationId`, `encryptionDetails` and `headers`.
        """
        body = {
            "contentType": choice("content_type", content_type, parameters.DOCUMENT_TYPES),
            "contentLength": number("content_length", content_length, 1, parameters.LARGEST_DOCUMENT_BYTES),
        }
        if content_md5 is not None:
            body["contentMD5"] = text("content_md5", content_md5, pattern=parameters.MD5)
        return self._call(operations.CREATE_UPLOAD, body=body)


def _appointment(service_job_id: str, appointment_id: str) -> dict[str, str]:
    return {"service_job_id": service_job_id, "appointment_id": appointment_id}


def _appointment_time(start: datetime, duration_minutes: int | None) -> dict:
    duration = None if duration_minutes is None else number("duration_minutes", duration_minutes, 1, 2**31 - 1)
    return {"startTime": moment("start", start)} | drop_none(durationInMinutes=duration)


def _resources(resource_ids: Iterable[str]) -> list[dict]:
    listed = values("resource_ids", resource_ids, MOST_VALUES)
    return [{"resourceId": text("resource_ids", resource_id)} for resource_id in listed]


def _reservation(resource_id: str, type: str, availability: Availability) -> dict:
    reservation = {"type": choice("type", type, parameters.RESERVATION_TYPES), "availability": availability.body()}
    return {"resourceId": text("resource_id", resource_id), "reservation": reservation}
