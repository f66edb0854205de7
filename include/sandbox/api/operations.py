"""The 17 operations: paths, limits, and the schemas of their parameters and bodies.

Source: Amazon's published model of the Services API v1. Limits are the defaults of its usage plans: requests a second, burst.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

from include.sandbox.api.rules import MARKETPLACE, NAME, TIME, Schema, array, record, text

JOB_STATUSES = ("NOT_SERVICED", "CANCELLED", "COMPLETED", "PENDING_SCHEDULE", "NOT_FULFILLABLE", "HOLD", "PAYMENT_DECLINED")
CAPACITY_TYPES = ("SCHEDULED_CAPACITY", "AVAILABLE_CAPACITY", "ENCUMBERED_CAPACITY", "RESERVED_CAPACITY")
DAYS_OF_WEEK = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
RESERVATION_TYPES = ("APPOINTMENT", "TRAVEL", "VACATION", "BREAK", "TRAINING")
LARGEST_DOCUMENT = 5_242_880


@dataclass(frozen=True)
class Operation:
    """An operation. `errors_bare`: its error body is the list of errors itself, without an object around it."""

    name: str
    method: str
    path: str
    limit: tuple[float, float] = (5, 20)
    query: Schema = field(default_factory=record)
    body: Schema | None = None
    success: int = 200
    errors_bare: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The path as a pattern with a group per parameter."""
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path) + "$")


RECURRENCE = record(
    ("endTime",),
    endTime=TIME,
    daysOfWeek=array(text(enum=DAYS_OF_WEEK), least=0),
    daysOfMonth=array({"type": "integer", "minimum": 1, "maximum": 31}, least=0),
)
AVAILABILITY = record(
    ("startTime", "endTime"), startTime=TIME, endTime=TIME, recurrence=RECURRENCE, capacity={"type": "integer", "minimum": 1}
)
RESERVATION = record(("availability", "type"), reservationId=text(), type=text(enum=RESERVATION_TYPES), availability=AVAILABILITY)
RESERVATION_REQUEST = record(("resourceId", "reservation"), resourceId=text(), reservation=RESERVATION)
# times of appointments and fulfillment are checked by the operations, which refuse them with a 422
APPOINTMENT_TIME = record(("startTime",), startTime=text(), durationInMinutes={"type": "integer"})
TIME_RANGE = record((), startTime=text(), endTime=text())
RESOURCES = array(record((), resourceId=text()), least=0)
DOCUMENTS = array(record((), uploadDestinationId=text(), contentSha256=text()), least=0)

MARKETPLACE_ONLY = record(("marketplaceIds",), marketplaceIds=MARKETPLACE)
SLOT_RANGE = {"marketplaceIds": MARKETPLACE, "startTime": text(), "endTime": text()}
# times of capacity queries are checked by the operations, which describe the error in `details`
CAPACITY_REQUEST = {
    "capacityTypes": array(text(enum=CAPACITY_TYPES), least=0),
    "startDateTime": text(),
    "endDateTime": text(),
}
CAPACITY_PAGE = record(("marketplaceIds",), marketplaceIds=MARKETPLACE, nextPageToken=text())

JOB = "/service/v1/serviceJobs/{serviceJobId}"
APPOINTMENT = JOB + "/appointments/{appointmentId}"
RESOURCE = "/service/v1/serviceResources/{resourceId}"

OPERATIONS = (
    Operation(
        "getServiceJobs",
        "GET",
        "/service/v1/serviceJobs",
        (10, 40),
        record(
            ("marketplaceIds",),
            serviceOrderIds=array(text(pattern=r"^[0-9\-]+$"), 20),
            productOrderIds=array(text(pattern=r"^[0-9\-]+$"), 20),
            trackingIds=array(text(pattern=r"^[A-Za-z0-9\-]+$"), 20),
            serviceJobStatus=array(text(enum=JOB_STATUSES)),
            pageToken=text(),
            pageSize={"type": "integer", "minimum": 1, "maximum": 20},
            sortField=text(enum=("JOB_DATE", "JOB_STATUS")),
            sortOrder=text(enum=("ASC", "DESC")),
            createdAfter=TIME,
            createdBefore=TIME,
            lastUpdatedAfter=TIME,
            lastUpdatedBefore=TIME,
            scheduleStartDate=TIME,
            scheduleEndDate=TIME,
            marketplaceIds=MARKETPLACE,
            asins=array(text(minLength=10, maxLength=10), 20),
            requiredSkills=array(text(minLength=1, maxLength=50), 20),
            storeIds=array(NAME, 50),
        ),
    ),
    Operation("getServiceJobByServiceJobId", "GET", JOB, (20, 40)),
    Operation(
        "cancelServiceJobByServiceJobId",
        "PUT",
        JOB + "/cancellations",
        query=record(
            ("cancellationReasonCode",), cancellationReasonCode=text(minLength=1, maxLength=100, pattern="^[A-Z0-9_]*$")
        ),
    ),
    Operation("completeServiceJobByServiceJobId", "PUT", JOB + "/completions"),
    Operation(
        "addAppointmentForServiceJobByServiceJobId",
        "POST",
        JOB + "/appointments",
        body=record(("appointmentTime",), appointmentTime=APPOINTMENT_TIME),
    ),
    Operation(
        "rescheduleAppointmentForServiceJobByServiceJobId",
        "POST",
        APPOINTMENT,
        body=record(("appointmentTime", "rescheduleReasonCode"), appointmentTime=APPOINTMENT_TIME, rescheduleReasonCode=text()),
    ),
    Operation("assignAppointmentResources", "PUT", APPOINTMENT + "/resources", (1, 2), body=record(resources=RESOURCES)),
    Operation(
        "setAppointmentFulfillmentData",
        "PUT",
        APPOINTMENT + "/fulfillment",
        body=record(
            (),
            estimatedArrivalTime=TIME_RANGE,
            fulfillmentTime=TIME_RANGE,
            appointmentResources=RESOURCES,
            fulfillmentDocuments=DOCUMENTS,
        ),
        success=204,
        errors_bare=True,
    ),
    Operation(
        "getRangeSlotCapacity", "POST", RESOURCE + "/capacity/range", body=record((), **CAPACITY_REQUEST), query=CAPACITY_PAGE
    ),
    Operation(
        "getFixedSlotCapacity",
        "POST",
        RESOURCE + "/capacity/fixed",
        body=record((), slotDuration={"type": "number"}, **CAPACITY_REQUEST),
        query=CAPACITY_PAGE,
    ),
    Operation(
        "updateSchedule",
        "PUT",
        RESOURCE + "/schedules",
        body=record(("schedules",), schedules=array(AVAILABILITY)),
        query=MARKETPLACE_ONLY,
    ),
    Operation("createReservation", "POST", "/service/v1/reservation", body=RESERVATION_REQUEST, query=MARKETPLACE_ONLY),
    Operation(
        "updateReservation", "PUT", "/service/v1/reservation/{reservationId}", body=RESERVATION_REQUEST, query=MARKETPLACE_ONLY
    ),
    Operation("cancelReservation", "DELETE", "/service/v1/reservation/{reservationId}", success=204, query=MARKETPLACE_ONLY),
    Operation("getAppointmmentSlotsByJobId", "GET", JOB + "/appointmentSlots", query=record(("marketplaceIds",), **SLOT_RANGE)),
    Operation(
        "getAppointmentSlots",
        "GET",
        "/service/v1/appointmentSlots",
        (20, 40),
        record(("asin", "storeId", "marketplaceIds"), asin=text(minLength=1), storeId=NAME, **SLOT_RANGE),
    ),
    Operation(
        "createServiceDocumentUploadDestination",
        "POST",
        "/service/v1/documents",
        body=record(
            ("contentType", "contentLength"),
            contentType=text(),
            contentLength={"type": "number", "minimum": 1, "maximum": LARGEST_DOCUMENT},
            contentMD5=text(pattern=r"^[A-Za-z0-9\\+/]{22}={2}$"),
        ),
    ),
)
BY_NAME = {operation.name: operation for operation in OPERATIONS}


def match(method: str, path: str) -> tuple[Operation, dict[str, str]] | list[str]:
    """Return the operation and its path parameters; if there is none, the methods that the path allows."""
    allowed = []
    for operation in OPERATIONS:
        matched = operation.pattern.match(path)
        if matched and operation.method == method:
            return operation, matched.groupdict()
        if matched:
            allowed.append(operation.method)
    return allowed
