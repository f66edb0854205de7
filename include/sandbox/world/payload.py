"""The JSON of a job: in full, and as in the list, which omits identifiers and proofs of appointments."""

from typing import Any

import orjson

from include.sandbox.world import behavior
from include.sandbox.world.buyers import buyer_of
from include.sandbox.world.company import PROVIDER_ID, SELLER_ID
from include.sandbox.world.job import Appointment, Job, JobState, Poa
from include.sandbox.world.times import DAY, HOUR, to_iso

BRANDS = ("Northwind", "Fabrikam", "Contoso", "Adatum")


def detail(job: Job, moment: int) -> dict[str, Any]:
    """Return the `payload` of getServiceJobByServiceJobId."""
    state, service, shown_type = job.at(moment), job.service, _service_type(job)
    payload: dict[str, Any] = {
        "createTime": to_iso(job.created),
        "serviceJobId": job.job_id,
        "serviceJobStatus": state.status,
        "scopeOfWork": {
            "asin": service.asin,
            "title": service.title,
            "quantity": 1 + (job.dice[-2] % 10 == 0),
            "requiredSkills": list(service.skills),
            **shown_type["scopeOfWork"],
        },
        **shown_type["job"],
        "seller": {"sellerId": SELLER_ID},
        "serviceJobProvider": {"serviceJobProviderId": PROVIDER_ID},
        "preferredAppointmentTimes": [_time(start, service.minutes) for start in job.preferred],
        "appointments": [_appointment(job, item) for item in state.appointments],
        "serviceOrderId": job.order_id,
        "productOrderIds": [job.product_order_id] if state.items else [],
        "trackingIds": [job.tracking_id] if any(item.status in ("SHIPPED", "DELIVERED") for item in state.items) else [],
        "marketplaceId": job.store.marketplace.marketplace_id,
        "storeId": job.store.store_id,
        "buyer": _buyer(job),
        "associatedItems": _items(job, state),
        "serviceLocation": _location(job),
        "payments": [
            {"amount": {"value": value, "currency": currency}, "instrument": instrument}
            for value, currency, instrument in state.payments
        ],
    }
    return {name: value for name, value in payload.items() if value not in ([], {})}


def list_item(job: Job, moment: int) -> bytes:
    """Return the JSON of one job in the list of getServiceJobs."""
    state, service = job.at(moment), job.service
    payload: dict[str, Any] = {
        "createTime": to_iso(job.created),
        "serviceJobId": job.job_id,
        "serviceJobStatus": state.status,
        "scopeOfWork": {"asin": service.asin, "requiredSkills": service.skills},
        "serviceOrderId": job.order_id,
        "marketplaceId": job.store.marketplace.marketplace_id,
        "storeId": job.store.store_id,
        "buyer": {"name": buyer_of(job.dice).name},
    }
    if state.appointments:
        payload["appointments"] = [_listed_appointment(job, item) for item in state.appointments]
    return orjson.dumps(payload)


def _service_type(job: Job) -> dict[str, dict[str, str]]:
    """Return `serviceType` at its place: the job, its scope of work or, for many jobs, neither."""
    shown, luck = {"serviceType": behavior.SERVICE_TYPES[job.service.kind]}, job.dice[-4] / 65_536
    is_at_job, is_in_scope = luck < behavior.TYPE_AT_JOB, 0 <= luck - behavior.TYPE_AT_JOB < behavior.TYPE_IN_SCOPE
    return {"job": shown if is_at_job else {}, "scopeOfWork": shown if is_in_scope else {}}


def _time(start: int, minutes: int) -> dict[str, Any]:
    return {"startTime": to_iso(start), "durationInMinutes": minutes}


def _technicians(job: Job, technician_ids: tuple[str, ...]) -> list[dict[str, str]]:
    """Return technicians as the API shows them; those of other stores, who can perform a visit, have no name."""
    roster = job.store.roster
    return [roster.get(technician_id) or {"technicianId": technician_id} for technician_id in technician_ids]


def _listed_appointment(job: Job, appointment: Appointment) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "appointmentStatus": appointment.status,
        "appointmentTime": _time(appointment.start, appointment.minutes),
    }
    if appointment.technicians:
        shown["assignedTechnicians"] = _technicians(job, appointment.technicians)
    return shown


def _appointment(job: Job, appointment: Appointment) -> dict[str, Any]:
    shown = {"appointmentId": job.appointment_id(appointment.number)} | _listed_appointment(job, appointment)
    if appointment.moved_to:
        shown["rescheduledAppointmentId"] = job.appointment_id(appointment.moved_to)
    if appointment.poa:
        shown["poa"] = _poa(job, appointment.poa)
    return shown


def _poa(job: Job, poa: Poa) -> dict[str, Any]:
    shown: dict[str, Any] = {"uploadingTechnician": poa.uploader, "uploadTime": to_iso(poa.uploaded)}
    if poa.arrived is not None and poa.minutes is not None:
        shown["appointmentTime"] = _time(poa.arrived, poa.minutes)
    if poa.technicians:
        shown["technicians"] = _technicians(job, poa.technicians)
    if poa.kind:
        shown["poaType"] = poa.kind
    return shown


def _buyer(job: Job) -> dict[str, Any]:
    """Return the buyer: nothing for one job in fifty, no identifier for one in twenty-five."""
    buyer, luck = buyer_of(job.dice), job.dice[-2] % 100
    if luck < 2:
        return {}
    shown = {"buyerId": buyer.buyer_id, "name": buyer.name, "phone": buyer.phone, "isPrimeMember": buyer.is_prime}
    return {name: shown[name] for name in ("name", "isPrimeMember")} if luck < 6 else shown


def _location(job: Job) -> dict[str, Any]:
    shown: dict[str, Any] = {"serviceLocationType": job.service.location}
    if job.service.location != "ONLINE":
        buyer = buyer_of(job.dice)
        city, state, postal_code, country = job.store.city
        lines = {f"addressLine{place}": line for place, line in enumerate(buyer.street_lines, 1)}
        area = {"city": city, "stateOrRegion": state, "postalCode": postal_code, "countryCode": country}
        shown["address"] = {"name": buyer.name} | lines | area | {"phone": buyer.phone}
    return shown


def _items(job: Job, state: JobState) -> list[dict[str, Any]]:
    shown = []
    for place, item in enumerate(state.items):
        die = job.dice[-3] + place
        item_shown: dict[str, Any] = {
            "asin": f"B08ITEM{die % 1000:03d}",
            "title": f"{BRANDS[die % 4]} item {die % 1000}",
            "quantity": 1 + die % 4,
            "orderId": job.product_order_id,
            "itemStatus": item.status,
            "brandName": BRANDS[die % 4],
        }
        if item.estimated is not None:
            promise = {"startTime": to_iso(item.estimated - 4 * HOUR), "endTime": to_iso(item.estimated + 4 * HOUR)}
            item_shown["itemDelivery"] = {"estimatedDeliveryDate": to_iso(item.estimated), "itemDeliveryPromise": promise}
        if die % 5 == 0:
            attributes = {"warrantyEnd": to_iso(job.created // DAY * DAY + 365 * DAY)}
            item_shown["linkedAssets"] = [{"assetType": "WARRANTY", "assetName": "Warranty", "additionalAttributes": attributes}]
        shown.append(item_shown)
    return shown
