"""Answers calls from the world: checks parameters and body against the operation's rules, then calls its handler."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import orjson

from include.sandbox.api import capacity_writes, fulfillment, job_writes, reads
from include.sandbox.api.call import Call, Service
from include.sandbox.api.errors import ApiError, invalid
from include.sandbox.api.http import Request, Response
from include.sandbox.api.operations import Operation
from include.sandbox.api.rules import NAME, check, read_query, record

LARGEST_BODY = 1_000_000
LONGEST_USER_AGENT = 500

HANDLERS: dict[str, Callable[[Service, Call], Any]] = {
    "getServiceJobs": reads.get_service_jobs,
    "getServiceJobByServiceJobId": reads.get_service_job,
    "getAppointmentSlots": reads.get_appointment_slots,
    "getAppointmmentSlotsByJobId": reads.get_appointment_slots_by_job_id,
    "getFixedSlotCapacity": reads.get_fixed_slot_capacity,
    "getRangeSlotCapacity": reads.get_range_slot_capacity,
    "cancelServiceJobByServiceJobId": job_writes.cancel_job,
    "completeServiceJobByServiceJobId": job_writes.complete_job,
    "addAppointmentForServiceJobByServiceJobId": job_writes.add_appointment,
    "rescheduleAppointmentForServiceJobByServiceJobId": job_writes.reschedule_appointment,
    "assignAppointmentResources": job_writes.assign_resources,
    "setAppointmentFulfillmentData": fulfillment.set_fulfillment_data,
    "createServiceDocumentUploadDestination": fulfillment.create_destination,
    "updateSchedule": capacity_writes.update_schedule,
    "createReservation": capacity_writes.create_reservation,
    "updateReservation": capacity_writes.update_reservation,
    "cancelReservation": capacity_writes.cancel_reservation,
}


async def answer(service: Service, operation: Operation, path: dict[str, str], request: Request) -> Response:
    """Return the answer of an operation.

    Raises:
        ApiError: The call breaks a rule of the model.
    """
    agent = request.headers.get("user-agent", "")
    if not 1 <= len(agent) <= LONGEST_USER_AGENT:
        raise invalid(f"A User-Agent header of at most {LONGEST_USER_AGENT} characters is required.")
    query, unknown = read_query(request.query, operation.query)
    request.notes += [f"unknown query parameter {name}" for name in unknown]
    parameters = {name: unquote(value) for name, value in path.items()}
    check(parameters, record((), **dict.fromkeys(parameters, NAME)))
    body = await _json(request) if operation.body else None
    check(query, operation.query)
    if operation.body:
        check(body, operation.body)
    try:
        content = HANDLERS[operation.name](service, Call(parameters, query, body, request.origin))
    except OverflowError:
        raise invalid("A time is out of range.") from None
    return Response(204) if operation.success == 204 else Response.json(operation.success, content)


async def _json(request: Request) -> Any:
    """Return the parsed body; raise a 413, 415 or 400."""
    text = await request.body()
    if len(text) > LARGEST_BODY:
        raise ApiError(413, "The request is larger than allowed.", code="RequestTooLarge")
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise ApiError(415, "The content type should be application/json.", code="UnsupportedMediaType")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise invalid("The body is not valid JSON.") from None
