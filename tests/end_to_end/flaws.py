"""Answers that are wrong in every way that the local API knows: what can be read of them must arrive all the same."""

JOB = "getServiceJobByServiceJobId"
SHARE = 0.012  # of the answers, for each of the flaws of a job

_FIELDS = {
    "string_duration": ("durationInMinutes", "quantity", "value"),
    "unreadable_time": ("startTime", "endTime", "createTime", "uploadTime", "estimatedDeliveryDate"),
    "unknown_enum": ("serviceJobStatus", "appointmentStatus", "poaType", "itemStatus", "serviceLocationType"),
    "unknown_field": ("serviceJobId", "appointmentId", "asin", "city", "buyerId", "technicianId"),
    "missing": (
        "serviceJobId", "appointmentId", "technicianId", "storeId", "marketplaceId", "buyerId", "asin", "orderId", "appointments",
        "appointmentStatus", "appointmentTime", "startTime", "durationInMinutes", "assignedTechnicians", "poa", "poaType",
        "technicians", "uploadTime", "createTime", "serviceJobStatus", "scopeOfWork", "title", "requiredSkills", "buyer",
        "serviceLocation", "address", "payments", "amount", "value", "currency", "instrument", "associatedItems", "itemDelivery",
        "itemDeliveryPromise", "preferredAppointmentTimes", "serviceOrderId", "rescheduledAppointmentId",
    ),
}  # fmt: skip

FLAWS = [
    {"operation": JOB, "kind": kind, "field": field, "probability": SHARE} | places
    for kind, fields in _FIELDS.items()
    for field in fields
    # everywhere in the answer, and at its first place alone
    for places in ({}, {"places": 1})
] + [
    {"operation": "getServiceJobs", "kind": "string_duration", "every": 2},
    {"operation": "getFixedSlotCapacity", "kind": "string_duration", "field": "scheduledCapacity", "every": 3},
    {"operation": "getFixedSlotCapacity", "kind": "unknown_field", "field": "startDateTime", "every": 4, "places": 1},
    {"operation": "getAppointmentSlots", "kind": "string_duration", "field": "capacity", "every": 3},
    {"operation": "getAppointmentSlots", "kind": "unknown_field", "field": "startTime", "every": 4, "places": 1},
]
