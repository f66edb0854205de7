"""Payloads as Amazon's documents show them: the published ones where the documents are, and some of our own shapes alike."""

import json
import re
from pathlib import Path

JOBS, SLOTS, CAPACITY = "jobs", "slots", "capacity"
SERVICE_JOB_OPERATIONS = {
    "getServiceJobs": JOBS, "getServiceJobByServiceJobId": JOBS, "getAppointmentSlots": SLOTS,
    "getAppointmmentSlotsByJobId": SLOTS, "getFixedSlotCapacity": CAPACITY,
}  # fmt: skip

OUR_OWN = [
    # a list's job: no appointment id, a duration as text
    (JOBS, {
        "serviceJobId": "own-list-job", "serviceJobStatus": "COMPLETED", "serviceOrderId": "900-0000000-0000001",
        "storeId": "own-store",
        "scopeOfWork": {"asin": "B000000001", "requiredSkills": ["DEFAULT"]}, "createTime": "2020-08-23T00:59:59Z",
        "buyer": {"name": "somebody"},
        "appointments": [{
            "appointmentTime": {"durationInMinutes": "180", "startTime": "2014-07-16T15:11:40Z"},
            "assignedTechnicians": [{"technicianId": "A1TECHNICIAN00", "name": "technician"}],
        }],
    }),
    # a detail's job: another spelling of the provider, an address, preferred times, items
    (JOBS, {
        "createTime": "2020-01-29T06:38:56.960Z", "serviceJobId": "own-detail-job", "serviceJobStatus": "PENDING_SCHEDULE",
        "scopeOfWork": {"asin": "asinOfExample", "title": "title", "quantity": 1, "requiredSkills": ["skill"]},
        "seller": {"sellerId": "seller"}, "serviceProvider": {"serviceProviderId": "provider"},
        "preferredAppointmentTimes": [{"startTime": "2020-01-31T06:38:56.961Z", "durationInMinutes": 60}],
        "serviceOrderId": "orderOfExample", "marketplaceId": "marketplaceOfExample", "storeId": "storeOfExample",
        "buyer": {"buyerId": "buyer", "name": "name", "phone": "phone", "isPrimeMember": True},
        "serviceLocation": {"serviceLocationType": "IN_HOME", "address": {"name": "name", "addressLine1": "line"}},
        "associatedItems": [{"asin": "asin", "title": "title", "quantity": 1, "orderId": "order", "itemStatus": "SHIPPED"}],
    }),
    (JOBS, {"serviceJobStatus": "HOLD", "storeId": "own-store"}),  # nothing says which job this is
    (SLOTS, {
        "schedulingType": "REAL_TIME_SCHEDULING", "startTime": "2021-04-04T00:00:00Z", "endTime": "2021-04-04T02:00:00Z",
        "appointmentSlots": [
            {"startTime": "2021-04-04T00:00:00Z", "endTime": "2021-04-04T01:0:00Z", "capacity": 20},
            {"startTime": "2021-04-04T01:00:00Z", "endTime": "2021-04-04T02:0:00Z", "capacity": 0},
            {"startTime": "at one", "endTime": "2021-04-04T02:0:00Z", "capacity": 1},
        ],
    }),
    (CAPACITY, {
        "resourceId": "own-store", "slotDuration": 60,
        "capacities": [
            {"startDateTime": "2021-04-04T00:00:00Z", "scheduledCapacity": 10, "availableCapacity": 2, "encumberedCapacity": 8,
             "reservedCapacity": 0},
            {"startDateTime": "2021-04-04T01:00:00Z", "scheduledCapacity": "10"},
            {"scheduledCapacity": 10},
        ],
    }),
]  # fmt: skip


def published(shared: Path) -> list[tuple[str, dict]]:
    """(kind, job or report) of every example payload in the guide and of every successful static example of the model."""
    bodies = [(_kind(body), body) for body in _guide(shared / "sources" / "services-api-use-case-guide.txt")]
    bodies += _model(shared / "contract" / "services.json")
    return [example for kind, body in bodies if kind for example in _examples(kind, body)]


def _guide(file: Path) -> list[dict]:
    text, bodies = file.read_text(), []
    for start in re.finditer(r"^\{", text, re.MULTILINE):
        try:
            bodies.append(json.JSONDecoder().raw_decode(text, start.start())[0])
        except ValueError:
            continue  # prose with an ellipsis in it, no payload
    return bodies


def _kind(body: dict) -> str | None:
    payload = body.get("payload") if isinstance(body.get("payload"), dict) else body
    for kind, marks in ((JOBS, ("jobs", "serviceJobId")), (SLOTS, ("appointmentSlots",)), (CAPACITY, ("capacities",))):
        if any(mark in payload for mark in marks):
            return kind
    return None


def _model(file: Path) -> list[tuple[str, dict]]:
    return [
        (SERVICE_JOB_OPERATIONS[operation["operationId"]], case["response"])
        for operations in json.loads(file.read_text())["paths"].values()
        for operation in operations.values()
        if isinstance(operation, dict) and operation.get("operationId") in SERVICE_JOB_OPERATIONS
        for case in operation["responses"]["200"].get("x-amzn-api-sandbox", {}).get("static", [])
    ]


def _examples(kind: str, body: dict) -> list[tuple[str, dict]]:
    payload = body if kind == CAPACITY else body.get("payload", {})
    return [(kind, job) for job in payload["jobs"]] if "jobs" in payload else [(kind, payload)]
