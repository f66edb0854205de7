"""setAppointmentFulfillmentData, and the upload destinations for its documents.

A refusal lists all errors at once: resources, times, documents, in this order.
"""

import base64
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from include.sandbox.api import uploads
from include.sandbox.api.call import Call, Service
from include.sandbox.api.documents import SIGNATURES, Document, problem
from include.sandbox.api.errors import ApiError, invalid, unprocessable
from include.sandbox.api.job_writes import job_to_write, utc_seconds
from include.sandbox.world.job import Appointment, Job, Poa
from include.sandbox.world.times import MINUTE

T = TypeVar("T")
Times = tuple[int, int] | None
CHECK = "Please check the input again."
UNREADABLE = "Could not parse given time input {}. Please provide time in ISO8601 format"
NOT_UTC = "ISO8601 time {} is not in UTC format. Please provide time in UTC"


def create_destination(service: Service, call: Call) -> dict[str, Any]:
    """Create the destination of an upload."""
    content_type = call.body["contentType"]
    if content_type not in SIGNATURES:
        raise unprocessable(f"contentType parameter is invalid. Use one of {list(SIGNATURES)}")
    now = service.world.now()
    document = Document(content_type, int(call.body["contentLength"]), call.body.get("contentMD5"), now)
    destination = f"amzn1.tortuga.3.{secrets.token_hex(16)}"
    service.documents[destination] = document
    return {
        "payload": {
            "uploadDestinationId": destination,
            "url": uploads.signed_address(destination, document, call.origin),
            "encryptionDetails": {
                "standard": "AES",
                "initializationVector": base64.b64encode(document.vector).decode(),
                "key": base64.b64encode(document.key).decode(),
            },
            "headers": dict(uploads.HEADERS),
        }
    }


def set_fulfillment_data(service: Service, call: Call) -> None:
    """Set times, technicians and documents of an appointment."""
    body, now = call.body, service.world.now()
    if not body:
        raise invalid("No fulfillment artifacts provided in JSON payload.")
    job = job_to_write(service, call, "No job exist with jobId :")
    if job.at(now).status != "NOT_SERVICED":
        raise unprocessable(f"Job with id {job.job_id} can not be updated. Please check if the job is in valid status.")
    appointment = _appointment(job, call.path["appointmentId"], now)
    errors: list[str] = []
    technicians = _gather(errors, _technicians, service, body.get("appointmentResources"))
    worked = _gather(errors, _worked, body.get("fulfillmentTime"), now)
    expected = _gather(errors, _expected, body.get("estimatedArrivalTime"))
    errors += _document_errors(service, body.get("fulfillmentDocuments"))
    if errors:
        raise unprocessable(*errors)
    changes: list[tuple[Any, ...]] = []
    if expected:
        changes.append(("expect_arrival", appointment.number, *expected))
    if worked or technicians or "fulfillmentDocuments" in body:
        changes.append(("prove", appointment.number, _poa(appointment, worked, technicians, body, now)))
    service.world.change(job, *changes)


def _gather(errors: list[str], read: Callable[..., T], *arguments: Any) -> T | None:
    """Return what `read` returns; add the messages of its ApiError to `errors`."""
    try:
        return read(*arguments)
    except ApiError as error:
        errors += [entry["message"] for entry in error.errors]
        return None


def _appointment(job: Job, appointment_id: str, now: int) -> Appointment:
    appointment = job.appointment(appointment_id, now)
    if appointment is None:
        raise unprocessable(f"Appointment with id {appointment_id} is not present in the job. {CHECK}")
    if appointment.status != "ACTIVE":
        raise unprocessable(f"Appointment with appointment id {appointment_id} is not valid to update. {CHECK[:-1]}")
    return appointment


def _technicians(service: Service, resources: list[dict[str, str]] | None) -> tuple[str, ...]:
    everyone = {technician.technician_id for store in service.world.stores for technician in store.technicians}
    technician_ids = tuple(resource.get("resourceId") or "" for resource in resources or [])
    if "" in technician_ids:
        raise unprocessable(f"One or more resources provided is invalid. {CHECK}")
    if not everyone.issuperset(technician_ids):
        raise unprocessable(f"One or more resources provided does not exist or is deleted. {CHECK}")
    return technician_ids


def _worked(times: dict[str, str] | None, now: int) -> Times:
    if times is None:
        return None
    for name, words in (("startTime", "start"), ("endTime", "end")):
        if name not in times:
            raise unprocessable(f"Appointment {words} time is required. {CHECK}")
    start, end = (utc_seconds(times[name], UNREADABLE, NOT_UTC) for name in ("startTime", "endTime"))
    for seconds, words in ((start, "start"), (end, "end")):
        if seconds > now:
            raise unprocessable(f"Appointment {words} time should not be in future. {CHECK[:-1]}")
    if end <= start:
        raise unprocessable(f"Appointment end time should be after start time. {CHECK}")
    return start, end


def _expected(times: dict[str, str] | None) -> Times:
    if times is None:
        return None
    if not {"startTime", "endTime"} <= times.keys():
        reason = "ETA start and end time both are mandatory field as part of estimatedArrivalTime object."
        raise unprocessable(f"Failed to process input. Reason: {reason} {CHECK[:-1]}")
    start, end = (utc_seconds(times[name], UNREADABLE, NOT_UTC) for name in ("startTime", "endTime"))
    return start, end


def _document_errors(service: Service, documents: list[dict[str, str]] | None) -> list[str]:
    now = service.world.now()
    reasons = (
        problem(service.documents.get(document.get("uploadDestinationId", "")), document.get("contentSha256"), now)
        for document in documents or []
    )
    return [f"Failed to process proof of appointment input. Reason: {reason}" for reason in reasons if reason]


def _poa(appointment: Appointment, worked: Times, technicians: tuple[str, ...] | None, body: dict[str, Any], now: int) -> Poa:
    """Return the previous proof with the new parts in it."""
    previous = appointment.poa or Poa(now, None, None, None, (), "")
    performing = technicians or previous.technicians
    return Poa(
        uploaded=now,
        arrived=worked[0] if worked else previous.arrived,
        # the model has no duration below a minute
        minutes=max(1, (worked[1] - worked[0]) // MINUTE) if worked else previous.minutes,
        kind="POA_RECEIPT" if body.get("fulfillmentDocuments") else previous.kind or "NO_SIGNATURE_DUMMY_POS",
        technicians=performing,
        uploader=(performing or appointment.technicians or (previous.uploader,))[0],
    )
