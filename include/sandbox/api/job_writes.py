"""The operations that change a job: appointments, their technicians, completion, cancellation.

The texts of refusals are those of the model's static examples.
"""

from datetime import datetime, timedelta
from typing import Any

from include.sandbox.api.call import Call, Reason, Service
from include.sandbox.api.errors import ApiError, error, invalid, unprocessable
from include.sandbox.world import reasons
from include.sandbox.world.capacity import free_slots
from include.sandbox.world.job import OPEN_STATUSES, Appointment, Job
from include.sandbox.world.times import DAY, read_iso

FURTHEST_START = 365 * DAY


def job_to_write(service: Service, call: Call, unknown: str) -> Job:
    """Return the job of a call; raise a 422 with the text `unknown` and the identifier if there is none."""
    job = service.world.find(call.path["serviceJobId"])
    if job is None:
        raise unprocessable(f"{unknown} {call.path['serviceJobId']}")
    return job


def open_job(service: Service, call: Call, unknown: str) -> Job:
    """Return the job of a call; raise a 422 if it does not exist or is closed."""
    job = job_to_write(service, call, unknown)
    status = job.at(service.world.now()).status
    if status not in OPEN_STATUSES:
        raise unprocessable(f"Operation not allowed on job with jobId : {job.job_id} and jobState : {status}")
    return job


def add_appointment(service: Service, call: Call) -> dict[str, Any]:
    """Book an appointment for a job that has no active one."""
    job = open_job(service, call, "No job exist with jobId :")
    if job.at(service.world.now()).active:
        raise _not_added(job, "Job already has an active appointmentId.")
    start = _start(service, job, call.body["appointmentTime"])
    service.world.change(job, ("book", start, job.service.minutes), ("set_status", "NOT_SERVICED"))
    return {"appointmentId": _newest(service, job)}


def reschedule_appointment(service: Service, call: Call) -> dict[str, Any]:
    """Replace an active appointment by another one without technicians."""
    job = open_job(service, call, "No job exist with jobId :")
    moved = _active_appointment(service, call, job)
    start = _start(service, job, call.body["appointmentTime"])
    code, country = call.body["rescheduleReasonCode"], job.store.marketplace.country_code
    if code not in reasons.codes(reasons.RESCHEDULE, country, job.service.kind):
        raise _not_added(job, "Appointment reschedule reason code is not valid.")
    service.world.change(job, ("move", moved.number, start, job.service.minutes), ("set_status", "NOT_SERVICED"))
    service.reasons[job.appointment_id(moved.number)] = Reason(reasons.RESCHEDULE, code, service.world.now())
    answer: dict[str, Any] = {"appointmentId": _newest(service, job)}
    if moved.technicians:
        unassigned = f"Unassigned resources : {','.join(moved.technicians)}"
        answer["warnings"] = [{"code": "RESOURCES_UNASSIGNED", "message": unassigned}]
    return answer


def assign_resources(service: Service, call: Call) -> dict[str, Any]:
    """Replace the technicians of an appointment; an empty resource removes them."""
    if "resources" not in call.body:
        raise invalid("Resources not provided in input JSON payload.")
    if not call.body["resources"]:
        raise invalid("Resources must have size greater than or equal to 1.")
    job = open_job(service, call, "No job exists with jobId :")
    appointment = _active_appointment(service, call, job)
    technicians = tuple(resource["resourceId"] for resource in call.body["resources"] if "resourceId" in resource)
    _check_technicians(service, job, technicians)
    is_overbooked = _is_overbooked(service, job, appointment, technicians)
    service.world.change(job, ("assign", appointment.number, technicians))
    if not is_overbooked:
        return {}
    warning = {"code": "RESOURCES_OVERBOOKED", "message": "Resources overbooked for this time window."}
    return {"payload": {"warnings": [warning]}}


def complete_job(service: Service, call: Call) -> dict[str, Any]:
    """Complete a job; one of its appointments needs a fulfillment time."""
    job = open_job(service, call, "Job not found for jobId")
    state = job.at(service.world.now())
    if state.status != "NOT_SERVICED":
        raise unprocessable(f"Operation not allowed on job with jobId : {job.job_id} and jobState : {state.status}")
    if not any(item.poa and item.poa.arrived is not None for item in state.appointments):
        raise unprocessable(f"Fulfillment data is not provided for any appointment of job with jobId : {job.job_id}")
    closed = [("close_appointment", item.number) for item in state.appointments if item.status == "ACTIVE"]
    service.world.change(job, *closed, ("set_status", "COMPLETED"))
    return {}


def cancel_job(service: Service, call: Call) -> dict[str, Any]:
    """Cancel an open job and its active appointments."""
    job = job_to_write(service, call, "Job not found for jobId")
    state, code = job.at(service.world.now()), call.query["cancellationReasonCode"]
    if state.status not in OPEN_STATUSES:
        raise unprocessable(f"Job with jobId {job.job_id} and jobStatus {state.status} cannot be cancelled")
    if code not in reasons.codes(reasons.CANCEL, job.store.marketplace.country_code, job.service.kind):
        raise unprocessable(f"Received invalid input reason code {code} for jobId {job.job_id}")
    cancelled = [("cancel_appointment", item.number) for item in state.appointments if item.status == "ACTIVE"]
    service.world.change(job, *cancelled, ("set_status", "CANCELLED"))
    service.reasons[job.job_id] = Reason(reasons.CANCEL, code, service.world.now())
    return {}


def utc_seconds(text: str, unreadable: str, not_utc: str) -> int:
    """Return the seconds of an ISO-8601 time in UTC; raise a 422 with one of the texts, in which `{}` is the time."""
    seconds = read_iso(text, unprocessable(unreadable.format(text)))
    if datetime.fromisoformat(text).utcoffset() not in (None, timedelta(0)):
        raise unprocessable(not_utc.format(text))
    return seconds


def _start(service: Service, job: Job, time: dict[str, Any]) -> int:
    """Return the start of an appointment; raise a 422 if the job's service has no free slot then."""
    start = utc_seconds(time["startTime"], "Failed to parse ISO8601 input: {}", "ISO8601 time {} is not in UTC.")
    now = service.world.now()
    if start <= now:
        raise _not_added(job, "Start time of appointment should be in the future.")
    if start > now + FURTHEST_START:
        raise _not_added(job, "Start time for appointment is beyond the maximum allowed period of 365 days.")
    free = free_slots(service.world, job.store, service.calendars[job.store.store_id], job.service, start, start + 1)
    if time.get("durationInMinutes", job.service.minutes) != job.service.minutes or not any(slot[2] for slot in free):
        raise _not_added(job, "Appointment slot is not available.")
    return start


def _not_added(job: Job, reason: str) -> ApiError:
    return unprocessable(f"Failed to add appointment for jobId : {job.job_id}, reason : {reason}")


def _newest(service: Service, job: Job) -> str:
    return job.appointment_id(len(job.at(service.world.now()).appointments))


def _active_appointment(service: Service, call: Call, job: Job) -> Appointment:
    appointment_id = call.path["appointmentId"]
    appointment = job.appointment(appointment_id, service.world.now())
    if appointment is None:
        reason = f"No appointment exists with appointmentId: {appointment_id}"
        raise unprocessable(
            f"Failed to Update Appointment for jobId : {job.job_id}, appointmentId : {appointment_id}, reason : {reason}"
        )
    if appointment.status != "ACTIVE":
        raise unprocessable(f"Appointment metadata update is not allowed for appointmentId {appointment_id}")
    return appointment


def _check_technicians(service: Service, job: Job, technicians: tuple[str, ...]) -> None:
    everyone = {technician.technician_id: technician for store in service.world.stores for technician in store.technicians}
    for technician_id in technicians:
        if technician_id not in everyone:
            raise unprocessable(f"Invalid resourceId : {technician_id} provided in the input.")
    needed = set(job.service.skills)
    unskilled = [technician_id for technician_id in technicians if not needed <= everyone[technician_id].skills]
    elsewhere = [technician_id for technician_id in technicians if technician_id not in job.store.roster]
    refusal = ApiError(422)
    if unskilled:
        message = f"Resources Missing required {','.join(job.service.skills)} skills. Applicable resources: {','.join(unskilled)}"
        refusal.errors.append(error(message, "RESOURCES_MISSING_REQUIRED_SKILLS"))
    if elsewhere:
        message = f"Resources are not available in the store. Applicable resources: {','.join(elsewhere)}"
        refusal.errors.append(error(message, "RESOURCES_NOT_AVAILABLE_IN_LOCATION"))
    if refusal.errors:
        raise refusal


def _is_overbooked(service: Service, job: Job, appointment: Appointment, technicians: tuple[str, ...]) -> bool:
    """Return whether a technician has another appointment at the same time."""
    now = service.world.now()
    others = {number for _, _, number in service.world.booked(job.store, appointment.start, appointment.end)}
    return any(
        not set(technicians).isdisjoint(item.technicians)
        for other in map(service.world.job, others)
        if other.job_id != job.job_id
        for item in other.at(now).appointments
        if item.status == "ACTIVE" and item.start < appointment.end and item.end > appointment.start
    )
