"""setAppointmentFulfillmentData: when technicians came, who they were, and the documents that prove it.

Everything that is wrong is told at once: resources, times, documents, in this order.
"""

from __future__ import annotations

from typing import Any

from include.sandbox.api.call import Call, Service
from include.sandbox.api.documents import problem
from include.sandbox.api.errors import ApiError, invalid, unprocessable
from include.sandbox.api.job_writes import job_to_write, utc_seconds
from include.sandbox.world.job import Appointment, Job, Poa
from include.sandbox.world.times import MINUTE

Times = tuple[int, int] | None
CHECK = "Please check the input again."
UNREADABLE = "Could not parse given time input {}. Please provide time in ISO8601 format"
NOT_UTC = "ISO8601 time {} is not in UTC format. Please provide time in UTC"


def set_fulfillment_data(service: Service, call: Call) -> None:
    body, now = call.body, service.world.now()
    if not body:
        raise invalid("No fulfillment artifacts provided in JSON payload.")
    job = job_to_write(service, call, "No job exist with jobId :")
    if job.at(now).status != "NOT_SERVICED":
        raise unprocessable(f"Job with id {job.job_id} can not be updated. Please check if the job is in valid status.")
    appointment = _appointment(job, call.path["appointmentId"], now)
    wrong: list[str] = []
    technicians = _gather(wrong, _technicians, service, body.get("appointmentResources"))
    worked = _gather(wrong, _worked, body.get("fulfillmentTime"), now)
    expected = _gather(wrong, _expected, body.get("estimatedArrivalTime"))
    wrong += _document_problems(service, body.get("fulfillmentDocuments"))
    if wrong:
        raise unprocessable(*wrong)
    changes: list[tuple[Any, ...]] = []
    if expected:
        changes.append(("expect_arrival", appointment.number, *expected))
    if worked or technicians or "fulfillmentDocuments" in body:
        changes.append(("prove", appointment.number, _poa(appointment, worked, technicians, body, now)))
    service.world.change(job, *changes)


def _gather(wrong: list[str], read: Any, *arguments: Any) -> Any:
    """What `read` returns; what it refuses is added to `wrong`."""
    try:
        return read(*arguments)
    except ApiError as error:
        wrong += [each["message"] for each in error.errors]
        return None


def _appointment(job: Job, appointment_id: str, now: int) -> Appointment:
    appointment = job.appointment(appointment_id, now)
    if appointment is None:
        raise unprocessable(f"Appointment with id {appointment_id} is not present in the job. {CHECK}")
    if appointment.status == "CANCELLED":
        raise unprocessable(f"Appointment with appointment id {appointment_id} is not valid to update. {CHECK[:-1]}")
    return appointment


def _technicians(service: Service, resources: list[dict[str, str]] | None) -> tuple[str, ...]:
    everyone = {each.technician_id for store in service.world.stores for each in store.technicians}
    named = tuple(each.get("resourceId") or "" for each in resources or [])
    if "" in named:
        raise unprocessable(f"One or more resources provided is invalid. {CHECK}")
    if not everyone.issuperset(named):
        raise unprocessable(f"One or more resources provided does not exist or is deleted. {CHECK}")
    return named


def _worked(told: dict[str, str] | None, now: int) -> Times:
    if told is None:
        return None
    for name, words in (("startTime", "start"), ("endTime", "end")):
        if name not in told:
            raise unprocessable(f"Appointment {words} time is required. {CHECK}")
    start, end = (utc_seconds(told[name], UNREADABLE, NOT_UTC) for name in ("startTime", "endTime"))
    for seconds, words in ((start, "start"), (end, "end")):
        if seconds > now:
            raise unprocessable(f"Appointment {words} time should not be in future. {CHECK[:-1]}")
    if end <= start:
        raise unprocessable(f"Appointment end time should be after start time. {CHECK}")
    return start, end


def _expected(told: dict[str, str] | None) -> Times:
    if told is None:
        return None
    if not {"startTime", "endTime"} <= told.keys():
        reason = "ETA start and end time both are mandatory field as part of estimatedArrivalTime object."
        raise unprocessable(f"Failed to process input. Reason: {reason} {CHECK[:-1]}")
    start, end = (utc_seconds(told[name], UNREADABLE, NOT_UTC) for name in ("startTime", "endTime"))
    return start, end


def _document_problems(service: Service, documents: list[dict[str, str]] | None) -> list[str]:
    found = (problem(service, each.get("uploadDestinationId"), each.get("contentSha256")) for each in documents or [])
    return [f"Failed to process proof of appointment input. Reason: {each}" for each in found if each]


def _poa(appointment: Appointment, worked: Times, technicians: tuple[str, ...], body: dict[str, Any], now: int) -> Poa:
    """What was known of the proof before, with what is new in it."""
    known = appointment.poa or Poa(now, None, None, None, (), "")
    performing = technicians or known.technicians
    return Poa(
        uploaded=now,
        arrived=worked[0] if worked else known.arrived,
        # A visit shorter than a minute still lasts one: the model knows no shorter duration.
        minutes=max(1, (worked[1] - worked[0]) // MINUTE) if worked else known.minutes,
        kind="POA_RECEIPT" if body.get("fulfillmentDocuments") else known.kind or "NO_SIGNATURE_DUMMY_POS",
        technicians=performing,
        uploader=(performing or appointment.technicians or (known.uploader,))[0],
    )
