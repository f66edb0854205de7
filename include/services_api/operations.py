"""The 17 operations of the Services API v1: the only list of them.

Paths, methods and default limits: Amazon's published model (Swagger 2.0) and the usage plan in each operation's description.
"""

from dataclasses import dataclass

from include.services_api.budget.bucket import Limit

JOB = "/service/v1/serviceJobs/{service_job_id}"
APPOINTMENT = JOB + "/appointments/{appointment_id}"
RESOURCE = "/service/v1/serviceResources/{resource_id}"
RESERVATION = "/service/v1/reservation"
# of all that say nothing else
MOST_LIMITS = Limit(5, 20)


@dataclass(frozen=True)
class Operation:
    """One operation.

    `expects`: the key without which a 2xx is no answer; None where Amazon's examples succeed with an empty body.
    `check`: for a write, what to check to know whether it was carried out; empty for a read.
    `idempotent`: whether sending it twice leaves what sending it once leaves.
    """

    name: str
    method: str
    path: str
    limit: Limit = MOST_LIMITS
    expects: str | None = "payload"
    check: str = ""
    idempotent: bool = True

    @property
    def is_write(self) -> bool:
        return bool(self.check)


THE_JOB = "getServiceJobByServiceJobId shows the job's state and its appointments"
THE_CAPACITY = "getRangeSlotCapacity of the resource shows its scheduled and its reserved capacity"

GET_JOBS = Operation("getServiceJobs", "GET", "/service/v1/serviceJobs", Limit(10, 40))
GET_JOB = Operation("getServiceJobByServiceJobId", "GET", JOB, Limit(20, 40))
GET_SLOTS = Operation("getAppointmentSlots", "GET", "/service/v1/appointmentSlots", Limit(20, 40))
# so spelled by Amazon
GET_SLOTS_BY_JOB = Operation("getAppointmmentSlotsByJobId", "GET", JOB + "/appointmentSlots")
GET_RANGE_CAPACITY = Operation("getRangeSlotCapacity", "POST", RESOURCE + "/capacity/range", expects="capacities")
GET_FIXED_CAPACITY = Operation("getFixedSlotCapacity", "POST", RESOURCE + "/capacity/fixed", expects="capacities")

CANCEL_JOB = Operation("cancelServiceJobByServiceJobId", "PUT", JOB + "/cancellations", expects=None, check=THE_JOB)
COMPLETE_JOB = Operation("completeServiceJobByServiceJobId", "PUT", JOB + "/completions", expects=None, check=THE_JOB)
ADD_APPOINTMENT = Operation(
    "addAppointmentForServiceJobByServiceJobId", "POST", JOB + "/appointments",
    expects="appointmentId", check=THE_JOB, idempotent=False,
)  # fmt: skip
RESCHEDULE_APPOINTMENT = Operation(
    "rescheduleAppointmentForServiceJobByServiceJobId", "POST", APPOINTMENT,
    expects="appointmentId", check=THE_JOB, idempotent=False,
)  # fmt: skip
ASSIGN_RESOURCES = Operation(
    "assignAppointmentResources", "PUT", APPOINTMENT + "/resources", Limit(1, 2), expects=None, check=THE_JOB
)
SET_FULFILLMENT = Operation("setAppointmentFulfillmentData", "PUT", APPOINTMENT + "/fulfillment", expects=None, check=THE_JOB)
UPDATE_SCHEDULE = Operation("updateSchedule", "PUT", RESOURCE + "/schedules", expects=None, check=THE_CAPACITY)
CREATE_RESERVATION = Operation("createReservation", "POST", RESERVATION, check=THE_CAPACITY, idempotent=False)
# answers with a new id and voids the old one, so that a second sending finds nothing
UPDATE_RESERVATION = Operation(
    "updateReservation", "PUT", RESERVATION + "/{reservation_id}", check=THE_CAPACITY, idempotent=False
)
CANCEL_RESERVATION = Operation("cancelReservation", "DELETE", RESERVATION + "/{reservation_id}", expects=None, check=THE_CAPACITY)
CREATE_UPLOAD = Operation(
    "createServiceDocumentUploadDestination", "POST", "/service/v1/documents",
    check="nothing, because a destination whose id nobody has is never used",
)  # fmt: skip

OPERATIONS = (
    GET_JOBS, GET_JOB, GET_SLOTS, GET_SLOTS_BY_JOB, GET_RANGE_CAPACITY, GET_FIXED_CAPACITY,
    CANCEL_JOB, COMPLETE_JOB, ADD_APPOINTMENT, RESCHEDULE_APPOINTMENT, ASSIGN_RESOURCES, SET_FULFILLMENT,
    UPDATE_SCHEDULE, CREATE_RESERVATION, UPDATE_RESERVATION, CANCEL_RESERVATION, CREATE_UPLOAD,
)  # fmt: skip
