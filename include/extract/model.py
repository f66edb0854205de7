"""The API's objects: their fields, types and enumerations, and which fields are personal.

Source: Amazon's model of the Services API v1. For a field that is missing here, `reader` reports its path, type and length; its
value is kept only by the rule of `include.privacy.minimization`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from include.extract import coerce

Scalar = Callable[[object], object]


@dataclass(frozen=True)
class Enumeration:
    """A text with known values. Another value is reported, and kept if it looks like a value of an enumeration."""

    values: frozenset[str]


@dataclass(frozen=True, eq=False)
class Array:
    """A list of values of one kind."""

    of: "Spec"


@dataclass(frozen=True, eq=False)
class Object:
    """An object with known fields.

    Attributes:
        fields: Its fields.
        aliases: Other spellings of fields in Amazon's own examples.
        hashed: Personal ids, with the name of the field that holds their keyed hash instead.
        private: Personal fields, which are dropped.
        is_private: Whether unknown fields count as personal: their names are reported, their values are dropped.
        is_free: Whether the model allows any attributes. Those whose values name nobody are kept.
    """

    fields: Mapping[str, "Spec"]
    aliases: Mapping[str, str] = field(default_factory=dict)
    hashed: Mapping[str, str] = field(default_factory=dict)
    private: frozenset[str] = frozenset()
    is_private: bool = False
    is_free: bool = False


Spec = Scalar | Enumeration | Array | Object


def one_of(*values: str) -> Enumeration:
    """An enumeration of these values."""
    return Enumeration(frozenset(values))


TEXTS = Array(coerce.text)
APPOINTMENT_TIME = Object({"startTime": coerce.time, "durationInMinutes": coerce.integer})
TECHNICIANS = Array(Object({"technicianId": coerce.text, "name": coerce.text}))

APPOINTMENT = Object({
    "appointmentId": coerce.text,
    "appointmentStatus": one_of("ACTIVE", "CANCELLED", "COMPLETED"),
    "appointmentTime": APPOINTMENT_TIME,
    "assignedTechnicians": TECHNICIANS,
    "rescheduledAppointmentId": coerce.text,
    "poa": Object({
        "appointmentTime": APPOINTMENT_TIME,
        "technicians": TECHNICIANS,
        "uploadingTechnician": coerce.text,
        "uploadTime": coerce.time,
        "poaType": one_of("NO_SIGNATURE_DUMMY_POS", "CUSTOMER_SIGNATURE", "DUMMY_RECEIPT", "POA_RECEIPT"),
    }),
})  # fmt: skip

ASSOCIATED_ITEM = Object({
    "asin": coerce.text,
    "title": coerce.text,
    "quantity": coerce.integer,
    "orderId": coerce.text,
    "itemStatus": one_of("ACTIVE", "CANCELLED", "SHIPPED", "DELIVERED"),
    "brandName": coerce.text,
    "itemDelivery": Object({
        "estimatedDeliveryDate": coerce.time,
        "itemDeliveryPromise": Object({"startTime": coerce.time, "endTime": coerce.time}),
    }),
    "linkedAssets": Array(Object({
        "assetType": coerce.text,
        "assetName": coerce.text,
        "additionalAttributes": Object({}, is_free=True),
    })),
})  # fmt: skip

SERVICE_JOB = Object(
    {
        "createTime": coerce.time,
        "serviceJobId": coerce.text,
        "serviceJobStatus": one_of(
            "NOT_SERVICED", "CANCELLED", "COMPLETED", "PENDING_SCHEDULE", "NOT_FULFILLABLE", "HOLD", "PAYMENT_DECLINED"
        ),
        "scopeOfWork": Object(
            {"asin": coerce.text, "title": coerce.text, "quantity": coerce.integer, "requiredSkills": TEXTS}
        ),
        "seller": Object({"sellerId": coerce.text}),
        "serviceJobProvider": Object(
            {"serviceJobProviderId": coerce.text}, aliases={"serviceProviderId": "serviceJobProviderId"}
        ),
        "preferredAppointmentTimes": Array(APPOINTMENT_TIME),
        "appointments": Array(APPOINTMENT),
        "serviceOrderId": coerce.text,
        "productOrderIds": TEXTS,
        "trackingIds": TEXTS,
        "marketplaceId": coerce.text,
        "storeId": coerce.text,
        "buyer": Object(
            {"isPrimeMember": coerce.boolean},
            hashed={"buyerId": "buyerKey"},
            private=frozenset({"name", "phone"}),
            is_private=True,
        ),
        "associatedItems": Array(ASSOCIATED_ITEM),
        "serviceLocation": Object({
            "serviceLocationType": one_of("IN_HOME", "IN_STORE", "ONLINE"),
            "address": Object(
                {
                    "city": coerce.place,
                    "county": coerce.place,
                    "district": coerce.place,
                    "stateOrRegion": coerce.place,
                    "postalCode": coerce.postal_code,
                    "countryCode": coerce.text,
                },
                private=frozenset({"name", "phone", "addressLine1", "addressLine2", "addressLine3"}),
                is_private=True,
            ),
        }),
        "payments": Array(
            Object({
                "amount": Object({"value": coerce.number, "currency": coerce.text}),
                "instrument": coerce.text,
            })
        ),
    },
    aliases={"serviceProvider": "serviceJobProvider"},
)  # fmt: skip

APPOINTMENT_SLOT = Object({"startTime": coerce.time, "endTime": coerce.time, "capacity": coerce.integer})
SLOT_REPORT = Object({
    "schedulingType": one_of("REAL_TIME_SCHEDULING", "NON_REAL_TIME_SCHEDULING"),
    "startTime": coerce.time,
    "endTime": coerce.time,
    "appointmentSlots": Array(APPOINTMENT_SLOT),
})  # fmt: skip

CAPACITY_RANGE = Object({"startDateTime": coerce.time, "endDateTime": coerce.time, "capacity": coerce.integer})
RANGE_CAPACITY = Object({
    "resourceId": coerce.text,
    "capacities": Array(Object({
        "capacityType": one_of("SCHEDULED_CAPACITY", "AVAILABLE_CAPACITY", "ENCUMBERED_CAPACITY", "RESERVED_CAPACITY"),
        "slots": Array(CAPACITY_RANGE),
    })),
    "nextPageToken": coerce.text,
})  # fmt: skip
FIXED_CAPACITY = Object({
    "resourceId": coerce.text,
    "slotDuration": coerce.integer,
    "capacities": Array(Object({
        "startDateTime": coerce.time,
        "scheduledCapacity": coerce.integer,
        "availableCapacity": coerce.integer,
        "encumberedCapacity": coerce.integer,
        "reservedCapacity": coerce.integer,
    })),
    "nextPageToken": coerce.text,
})  # fmt: skip
