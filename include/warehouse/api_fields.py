"""The fields of the API, each declared once: name, type, and whether it is personal.

The columns of `raw.service_jobs` and of the contacts, Arrow schemas, the content hash, the type that msgspec checks and the JSON
shapes that dbt reads follow from it. Source: Amazon's model of the Services API v1. For a field that is missing here,
`include.extract.reader` reports its path, type and length; its value is kept only by the rule of `include.privacy.minimization`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, eq=False)
class Scalar:
    """A type of single values, with its type in SQL. `include.extract.coerce` reads them."""

    sql: str


@dataclass(frozen=True)
class Enumeration:
    """A text with known values. Another value is reported, and kept if it looks like a value of an enumeration."""

    values: frozenset[str]


@dataclass(frozen=True, eq=False)
class Array:
    """A list of values of one type."""

    of: "Spec"


@dataclass(frozen=True, eq=False)
class Object:
    """An object with known fields.

    Attributes:
        fields: Its fields.
        aliases: Other spellings of fields in Amazon's own examples.
        hashed: Personal ids, with the name of the field that holds their keyed hash instead.
        private: Personal fields, with their columns in the encrypted table of contacts. Elsewhere they are dropped.
        is_private: Whether unknown fields count as personal: their names are reported, their values are dropped.
        is_free: Whether the model allows any attributes. Those whose values name nobody are kept.
        raw_only: Fields that dbt's models do not read.
    """

    fields: Mapping[str, "Spec"]
    aliases: Mapping[str, str] = field(default_factory=dict)
    hashed: Mapping[str, str] = field(default_factory=dict)
    private: Mapping[str, str] = field(default_factory=dict)
    is_private: bool = False
    is_free: bool = False
    raw_only: frozenset[str] = frozenset()


Spec = Scalar | Enumeration | Array | Object


def one_of(*values: str) -> Enumeration:
    """An enumeration of these values."""
    return Enumeration(frozenset(values))


TEXT, PLACE, POSTAL_CODE = Scalar("VARCHAR"), Scalar("VARCHAR"), Scalar("VARCHAR")
TIME, BOOLEAN = Scalar("TIMESTAMPTZ"), Scalar("BOOLEAN")
INTEGER, MINUTES, AMOUNT = Scalar("BIGINT"), Scalar("INTEGER"), Scalar("DECIMAL(18, 4)")
TEXTS = Array(TEXT)
JOB_STATUS = one_of(
    "NOT_SERVICED", "CANCELLED", "COMPLETED", "PENDING_SCHEDULE", "NOT_FULFILLABLE", "HOLD", "PAYMENT_DECLINED"
)  # fmt: skip
APPOINTMENT_STATUS = one_of("ACTIVE", "CANCELLED", "COMPLETED")
ITEM_STATUS = one_of("ACTIVE", "CANCELLED", "SHIPPED", "DELIVERED")
APPOINTMENT_TIME = Object({"startTime": TIME, "durationInMinutes": MINUTES})
TECHNICIANS = Array(Object({"technicianId": TEXT, "name": TEXT}))

APPOINTMENT = Object({
    "appointmentId": TEXT,
    "appointmentStatus": APPOINTMENT_STATUS,
    "appointmentTime": APPOINTMENT_TIME,
    "assignedTechnicians": TECHNICIANS,
    "rescheduledAppointmentId": TEXT,
    "poa": Object(
        {
            "appointmentTime": APPOINTMENT_TIME,
            "technicians": TECHNICIANS,
            "uploadingTechnician": TEXT,
            "uploadTime": TIME,
            "poaType": one_of("NO_SIGNATURE_DUMMY_POS", "CUSTOMER_SIGNATURE", "DUMMY_RECEIPT", "POA_RECEIPT"),
        },
        raw_only=frozenset({"uploadingTechnician"}),
    ),
})  # fmt: skip

ASSOCIATED_ITEM = Object(
    {
        "asin": TEXT,
        "title": TEXT,
        "quantity": INTEGER,
        "orderId": TEXT,
        "itemStatus": ITEM_STATUS,
        "brandName": TEXT,
        "itemDelivery": Object({
            "estimatedDeliveryDate": TIME,
            "itemDeliveryPromise": Object({"startTime": TIME, "endTime": TIME}),
        }),
        "linkedAssets": Array(Object({
            "assetType": TEXT,
            "assetName": TEXT,
            "additionalAttributes": Object({}, is_free=True),
        })),
    },
    raw_only=frozenset({"linkedAssets"}),
)  # fmt: skip

SERVICE_JOB = Object(
    {
        "createTime": TIME,
        "serviceJobId": TEXT,
        "serviceJobStatus": JOB_STATUS,
        "scopeOfWork": Object(
            {"asin": TEXT, "title": TEXT, "quantity": INTEGER, "requiredSkills": TEXTS, "serviceType": TEXT}
        ),
        "seller": Object({"sellerId": TEXT}),
        "serviceJobProvider": Object(
            {"serviceJobProviderId": TEXT}, aliases={"serviceProviderId": "serviceJobProviderId"}
        ),
        "preferredAppointmentTimes": Array(APPOINTMENT_TIME),
        "appointments": Array(APPOINTMENT),
        "serviceOrderId": TEXT,
        "productOrderIds": TEXTS,
        "trackingIds": TEXTS,
        "marketplaceId": TEXT,
        "storeId": TEXT,
        # named by the use case guide alone, which does not say where it is
        "serviceType": TEXT,
        "buyer": Object(
            {"isPrimeMember": BOOLEAN},
            hashed={"buyerId": "buyerKey"},
            private={"name": "buyer_name", "phone": "buyer_phone"},
            is_private=True,
        ),
        "associatedItems": Array(ASSOCIATED_ITEM),
        "serviceLocation": Object({
            "serviceLocationType": one_of("IN_HOME", "IN_STORE", "ONLINE"),
            "address": Object(
                {
                    "city": PLACE,
                    "county": PLACE,
                    "district": PLACE,
                    "stateOrRegion": PLACE,
                    "postalCode": POSTAL_CODE,
                    "countryCode": TEXT,
                },
                private={
                    "name": "recipient_name",
                    "phone": "recipient_phone",
                    "addressLine1": "address_line_1",
                    "addressLine2": "address_line_2",
                    "addressLine3": "address_line_3",
                },
                is_private=True,
                raw_only=frozenset({"county", "district"}),
            ),
        }),
        "payments": Array(
            Object({
                "amount": Object({"value": AMOUNT, "currency": TEXT}),
                "instrument": TEXT,
            })
        ),
    },
    aliases={"serviceProvider": "serviceJobProvider"},
)  # fmt: skip

SCHEDULING_TYPE = one_of("REAL_TIME_SCHEDULING", "NON_REAL_TIME_SCHEDULING")
CAPACITY_TYPE = one_of("SCHEDULED_CAPACITY", "AVAILABLE_CAPACITY", "ENCUMBERED_CAPACITY", "RESERVED_CAPACITY")

APPOINTMENT_SLOT = Object({"startTime": TIME, "endTime": TIME, "capacity": INTEGER})
SLOT_REPORT = Object({
    "schedulingType": SCHEDULING_TYPE,
    "startTime": TIME,
    "endTime": TIME,
    "appointmentSlots": Array(APPOINTMENT_SLOT),
})  # fmt: skip

CAPACITY_RANGE = Object({"startDateTime": TIME, "endDateTime": TIME, "capacity": INTEGER})
RANGE_CAPACITY = Object({
    "resourceId": TEXT,
    "capacities": Array(Object({
        "capacityType": CAPACITY_TYPE,
        "slots": Array(CAPACITY_RANGE),
    })),
    "nextPageToken": TEXT,
})  # fmt: skip
FIXED_CAPACITY = Object({
    "resourceId": TEXT,
    "slotDuration": INTEGER,
    "capacities": Array(Object({
        "startDateTime": TIME,
        "scheduledCapacity": INTEGER,
        "availableCapacity": INTEGER,
        "encumberedCapacity": INTEGER,
        "reservedCapacity": INTEGER,
    })),
    "nextPageToken": TEXT,
})  # fmt: skip


def column_of(name: str) -> str:
    """The column of `raw` for a field of a service job."""
    return re.sub("(?=[A-Z])", "_", name).lower()


def raw_columns(spec: Object) -> dict[str, str]:
    """The columns of `raw` for the fields of an object, with their SQL types."""
    return {column_of(name): _sql(inner) for name, inner in spec.fields.items()}


def json_shapes(spec: Object) -> dict[str, str]:
    """The structures, as DuckDB's `from_json` takes them, of the JSON columns of `raw_columns`."""
    return {column_of(name): json.dumps(_shape(inner)) for name, inner in spec.fields.items() if _sql(inner) == "JSON"}


def private_columns(spec: Object, path: str = "") -> Iterator[tuple[str, str]]:
    """The columns of the personal fields in an object, each with the path of its field."""
    for name, column in spec.private.items():
        yield column, path + name
    for name, inner in spec.fields.items():
        if isinstance(inner, Object):
            yield from private_columns(inner, f"{path}{name}.")


def _sql(spec: Spec) -> str:
    if isinstance(spec, Scalar):
        return spec.sql
    return "VARCHAR" if isinstance(spec, Enumeration) else "JSON"


def _shape(spec: Spec) -> object:
    if isinstance(spec, Array):
        return [_shape(spec.of)]
    if isinstance(spec, Object) and not spec.is_free:
        fields = {name: _shape(inner) for name, inner in spec.fields.items() if name not in spec.raw_only}
        return dict.fromkeys(spec.hashed.values(), "VARCHAR") | fields
    return _sql(spec)
