"""Payloads in which everything private stands where Amazon's model does not expect it, as Hypothesis makes them.

A text in a place where the model has a text is none of them: it is stored, and not said to be anybody's.
"""

import copy
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

NAME, RECIPIENT = "Quentin Xylander", "Ottoline Brackwater"
PHONE, DIGITS = "+1 206 555 0187", "2065550187"
STREET, DOOR = "47 Zephyrwood Lane", "Door Quillback 9"
BUYER, EMAIL = "A9QX7BUYER2Z", "q.xylander@example.org"
PRIVATE = (NAME, RECIPIENT, PHONE, DIGITS, STREET, DOOR, BUYER, EMAIL)
# what would be left of one that was cut
NEEDLES = (*PRIVATE, "Xylander", "Brackwater", "Zephyrwood", "Quillback", "555 0187")

private = st.sampled_from(PRIVATE)
names = st.sampled_from(["name", "phone", "addressLine1", "recipient", "customer", "note"]) | private
harmless = st.sampled_from([None, True, 7, 2.5, "2026-10-01T15:00:00Z"])
parts = st.dictionaries(names, private, min_size=1, max_size=3)
objects = st.dictionaries(names, private | harmless | parts | st.lists(private | parts, max_size=2), min_size=1, max_size=3)
lists = st.lists(private | parts, min_size=1, max_size=3)
anything = private | objects | lists

Change = Callable[[dict, object], None]


def at(*path: str | int) -> Change:
    """Replace what stands at a path, or add it."""

    def change(job: dict, value: object) -> None:
        place = job
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value

    return change


APPOINTMENT, ITEM, ASSET = ("appointments", 0), ("associatedItems", 0), ("associatedItems", 0, "linkedAssets")
# where the model has an object, a list, an enumeration, a number, a time or a boolean
NO_TEXT = [
    ("serviceLocation",), ("serviceLocation", "address"), ("serviceLocation", "serviceLocationType"), ("buyer",),
    ("buyer", "isPrimeMember"), ("scopeOfWork",), ("scopeOfWork", "quantity"), ("seller",),
    ("serviceJobProvider",), ("serviceJobStatus",), ("createTime",), ("preferredAppointmentTimes",),
    ("preferredAppointmentTimes", 0), ("appointments",), APPOINTMENT, (*APPOINTMENT, "appointmentStatus"),
    (*APPOINTMENT, "appointmentTime"), (*APPOINTMENT, "appointmentTime", "startTime"),
    (*APPOINTMENT, "appointmentTime", "durationInMinutes"), (*APPOINTMENT, "assignedTechnicians"),
    (*APPOINTMENT, "assignedTechnicians", 0), (*APPOINTMENT, "poa"), (*APPOINTMENT, "poa", "poaType"),
    (*APPOINTMENT, "poa", "technicians"), (*APPOINTMENT, "poa", "uploadTime"), ("associatedItems",), ITEM,
    (*ITEM, "itemStatus"), (*ITEM, "quantity"), (*ITEM, "itemDelivery"), ASSET, (*ASSET, 0),
    (*ASSET, 0, "additionalAttributes"), ("payments",), ("payments", 0), ("payments", 0, "amount"),
    ("payments", 0, "amount", "value"),
]  # fmt: skip
# where it has a list of texts
TEXTS = [("productOrderIds",), ("trackingIds",), ("scopeOfWork", "requiredSkills")]
# where it has a text
TEXT = [
    ("scopeOfWork", "title"), ("storeId",), ("serviceOrderId",), ("marketplaceId",), (*ITEM, "title"),
    (*APPOINTMENT, "appointmentId"), (*APPOINTMENT, "poa", "uploadingTechnician"), ("productOrderIds", 0),
    ("serviceLocation", "address", "city"), ("serviceLocation", "address", "postalCode"), ("payments", 0, "instrument"),
    ("buyer", "buyerId"), (*ASSET, 0, "assetName"),
]  # fmt: skip
# where it has nothing
UNKNOWN = [
    ("customerContact",), ("Buyer",), (EMAIL,), (NAME,), (*APPOINTMENT, "customer"), (*APPOINTMENT, "poa", "signedBy"),
    ("serviceLocation", "contact"), ("serviceLocation", "address", "doorCode"), ("serviceLocation", "address", STREET),
    ("buyer", "email"), ("scopeOfWork", "note"), (*ITEM, "recipient"), (*ASSET, 0, "owner"),
    (*ASSET, 0, "additionalAttributes", "keeper"), ("payments", 0, "payer"), (*APPOINTMENT, "appointmentTime", "confirmedBy"),
]  # fmt: skip
changes = st.one_of(
    st.tuples(st.sampled_from(NO_TEXT), anything),
    st.tuples(st.sampled_from(TEXT), objects | lists),
    st.tuples(st.sampled_from(TEXTS), objects | private | st.lists(objects, min_size=1, max_size=2)),
    st.tuples(st.sampled_from(UNKNOWN), anything),
)

PLAIN = {
    "createTime": "2026-09-30T12:00:00Z", "serviceJobStatus": "NOT_SERVICED", "storeId": "s", "marketplaceId": "ATVPDKIKX0DER",
    "scopeOfWork": {"asin": "B1", "title": "Assembly", "quantity": 1, "requiredSkills": ["TOOLS"]}, "seller": {"sellerId": "S"},
    "serviceJobProvider": {"serviceJobProviderId": "P"}, "productOrderIds": ["111-1111111-1111111"], "trackingIds": ["T"],
    "buyer": {"buyerId": BUYER, "name": NAME, "phone": PHONE, "isPrimeMember": True},
    "preferredAppointmentTimes": [{"startTime": "2026-10-01T15:00:00Z", "durationInMinutes": 60}],
    "appointments": [{
        "appointmentId": "A1", "appointmentStatus": "ACTIVE",
        "assignedTechnicians": [{"technicianId": "T1", "name": "Technician"}],
        "appointmentTime": {"startTime": "2026-10-01T15:00:00Z", "durationInMinutes": 60},
        "poa": {"poaType": "POA_RECEIPT", "technicians": [], "uploadTime": "2026-10-01T17:00:00Z"},
    }],
    "associatedItems": [{"title": "Table", "itemStatus": "SHIPPED", "quantity": 1, "itemDelivery": {},
                         "linkedAssets": [{"assetType": "VEHICLE", "assetName": "A car", "additionalAttributes": {}}]}],
    "serviceLocation": {"serviceLocationType": "IN_HOME", "address": {
        "name": RECIPIENT, "addressLine1": STREET, "addressLine2": DOOR, "phone": PHONE, "city": "Seattle",
        "postalCode": "98101"}},
    "payments": [{"amount": {"value": 10.5, "currency": "USD"}, "instrument": "CARD"}],
}  # fmt: skip


@st.composite
def jobs(draw: st.DrawFn) -> object:
    """A job with one to three things out of place; now and then something else in the place of a job."""
    if draw(st.integers(0, 19)) == 0:
        return draw(lists | objects | private)
    job = copy.deepcopy(PLAIN)
    for path, value in draw(st.lists(changes, min_size=1, max_size=3)):
        try:
            at(*path)(job, value)
        except (TypeError, KeyError, IndexError):
            continue  # an earlier change has taken the place away
    return job


slots = st.fixed_dictionaries(
    {"startTime": st.just("2026-10-02T15:00:00Z") | anything, "endTime": st.just("2026-10-02T16:00:00Z") | anything},
    optional={"capacity": st.just(1) | anything, "bookedBy": anything, EMAIL: anything},
) | anything  # fmt: skip
slot_reports = st.fixed_dictionaries(
    {"schedulingType": st.just("REAL_TIME_SCHEDULING") | anything, "appointmentSlots": st.lists(slots, max_size=5) | anything},
    optional={"contact": anything},
)
hours = st.fixed_dictionaries(
    {"startDateTime": st.just("2026-10-02T15:00:00Z") | anything, "scheduledCapacity": st.just(4) | anything},
    optional={"reservedCapacity": anything, "reservedFor": anything},
) | anything  # fmt: skip
capacities = st.fixed_dictionaries(
    {"resourceId": st.just("s") | objects, "slotDuration": st.just(60) | anything, "capacities": st.lists(hours, max_size=5)},
    optional={"owner": anything},
)


def made(strategy: st.SearchStrategy, count: int) -> list:
    """So many different payloads of a strategy, always the same ones."""
    found: list = []

    @settings(
        max_examples=4 * count, derandomize=True, database=None, phases=[Phase.generate], deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def collect(payload: object) -> None:
        if payload not in found and len(found) < count:
            found.append(copy.deepcopy(payload))

    collect()
    assert len(found) == count
    return found
