"""The 17 operations of the Services API v1.

Paths, methods and default limits are those of Amazon's published model (Swagger 2.0) and of the usage plan in the description
of each operation.
"""

from dataclasses import dataclass

from include.services_api.budget.bucket import Limit

JOB = "/service/v1/serviceJobs/{service_job_id}"
APPOINTMENT = JOB + "/appointments/{appointment_id}"
RESOURCE = "/service/v1/serviceResources/{resource_id}"
RESERVATION = "/service/v1/reservation"
# usage plan of the operations without another one
DEFAULT_LIMIT = Limit(5, 20)


@dataclass(frozen=True)
class Operation:
    """One operation.

    Attributes:
        name: The operation's id in Amazon's model.
        method: HTTP method.
        path: Path, with names of parameters in braces.
        limit: Default rate limit.
        expects: Key that a 2xx body must have; None if Amazon's examples succeed with an empty body.
        check: How to find out whether a write was carried out; empty for a read.
        idempotent: Whether sending it twice has the same effect as sending it once.
    """

    name: str
    method: str
    path: str
    limit: Limit = DEFAULT_LIMIT
    expects: str | None = "payload"
    check: str = ""
    idempotent: bool = True

    @property
    def is_write(self) -> bool:
        """Whether the operation changes something."""
        return bool(self.check)


THE_JOB = "getServiceJobByServiceJobId shows the job's state and its appointments"
THE_CAPACITY = "getRangeSlotCapacity of the resource shows its scheduled and its reserved capacity"

GET_JOBS = Operation("getServiceJobs", "GET", "/service/v1/serviceJobs", Limit(10, 40))
GET_JOB = Operation("getServiceJobByServiceJobId", "GET", JOB, Limit(20, 40))
GET_SLOTS = Operation("getAppointmentSlots", "GET", "/service/v1/appointmentSlots", Limit(20, 40))
# the spelling is Amazon's
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
# returns a new id and invalidates the old one, so that a second request is not found
UPDATE_RESERVATION = Operation(
    "updateReservation", "PUT", RESERVATION + "/{reservation_id}", check=THE_CAPACITY, idempotent=False
)
CANCEL_RESERVATION = Operation("cancelReservation", "DELETE", RESERVATION + "/{reservation_id}", expects=None, check=THE_CAPACITY)
CREATE_UPLOAD = Operation(
    "createServiceDocumentUploadDestination", "POST", "/service/v1/documents",
    check="nothing, because a destination whose id is unknown is never used",
)  # fmt: skip

OPERATIONS = (
    GET_JOBS, GET_JOB, GET_SLOTS, GET_SLOTS_BY_JOB, GET_RANGE_CAPACITY, GET_FIXED_CAPACITY,
    CANCEL_JOB, COMPLETE_JOB, ADD_APPOINTMENT, RESCHEDULE_APPOINTMENT, ASSIGN_RESOURCES, SET_FULFILLMENT,
    UPDATE_SCHEDULE, CREATE_RESERVATION, UPDATE_RESERVATION, CANCEL_RESERVATION, CREATE_UPLOAD,
)  # fmt: skip
