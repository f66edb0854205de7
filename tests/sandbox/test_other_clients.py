"""Clients that others wrote, unmodified but for the host, make every call they can make."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import spapi
from sp_api.api import Services
from sp_api.auth import AccessTokenClient
from sp_api.base import SellingApiBadRequestException, SellingApiException

from include.sandbox.api.operations import BY_NAME
from include.sandbox.world.times import from_iso, to_iso
from tests.sandbox.conftest import NOW, START, US, Running
from tests.sandbox.test_writes import active, is_in_the_past, is_pending, technicians

SUNDAY = {"startTime": "2026-11-22T18:00:00Z", "endTime": "2026-11-22T20:00:00Z", "capacity": 2}
CAPACITY = {"startDateTime": NOW, "endDateTime": "2026-11-12T12:00:00Z", "capacityTypes": ["AVAILABLE_CAPACITY"]}
DOCUMENT = {"contentType": "PNG", "contentLength": 10}
# Services of the type `default`, for which RS11 is a valid reason.
DEFAULT_SERVICES = ("B07MOUNT01", "B07TIRES03", "B07BIKES07", "B07SMART06")
OF_US = {"marketplaceIds": [US]}


@pytest.fixture
def found(own_world: Running) -> Iterator[SimpleNamespace]:
    """What the calls are about. At the end, the log must hold nothing that was refused."""
    store = own_world.control("GET", "health")["stores"][0]
    # Capacity to reserve, whatever the appointments.
    path = f"serviceResources/{store['store_id']}/schedules"
    own_world.call("PUT", path, params=OF_US, json={"schedules": [SUNDAY | {"capacity": 9}]}).raise_for_status()
    pending = own_world.find(lambda job: is_pending(job) and job["scopeOfWork"]["asin"] in DEFAULT_SERVICES)
    slots = own_world.slots(pending)
    past = own_world.find(is_in_the_past)
    start = from_iso(active(past)["appointmentTime"]["startTime"])
    yield SimpleNamespace(
        world=own_world,
        pending=pending["serviceJobId"],
        past=past["serviceJobId"],
        proven=active(past)["appointmentId"],
        worked={"fulfillmentTime": {"startTime": to_iso(start), "endTime": to_iso(start + 1_800)}},
        first={"appointmentTime": {"startTime": slots[0]}},
        second={"appointmentTime": {"startTime": slots[-1]}, "rescheduleReasonCode": "RS11"},
        resources={"resources": [{"resourceId": technicians(own_world, pending)[0]}]},
        store=store["store_id"],
        asin=store["asins"][0],
    )


def reservation(found: SimpleNamespace) -> dict[str, Any]:
    return {"resourceId": found.store, "reservation": {"type": "BREAK", "availability": SUNDAY}}


def performed(world: Running) -> set[str]:
    return {entry["operation"] for entry in world.control("GET", "log", verdict="answered")["requests"]}


def test_amazons_own_client_makes_every_call(found: SimpleNamespace) -> None:
    url = found.world.url
    config = spapi.SPAPIConfig("client", "secret", "Atzr|amazon", "NA")
    client = spapi.SPAPIClient(config, oauth_endpoint=f"{url}/auth/o2/token", endpoint=url)
    api = spapi.ServiceApi(client.api_client)

    listing = api.get_service_jobs([US], created_after=START, page_size=5)
    assert len(listing.payload.jobs) == 5
    following = api.get_service_jobs([US], created_after=START, page_size=5, page_token=listing.payload.next_page_token)
    assert following.payload.jobs[0].service_job_id != listing.payload.jobs[0].service_job_id
    assert api.get_service_job_by_service_job_id(found.pending).payload.service_job_id == found.pending
    assert api.get_appointmment_slots_by_job_id(found.pending, [US]).payload.appointment_slots
    assert api.get_appointment_slots(found.asin, found.store, [US]).payload.appointment_slots
    assert api.get_fixed_slot_capacity(found.store, [US], CAPACITY).capacities
    assert api.get_range_slot_capacity(found.store, [US], CAPACITY).capacities

    added = api.add_appointment_for_service_job_by_service_job_id(found.pending, found.first).appointment_id
    api.assign_appointment_resources(found.pending, added, found.resources)
    moved = api.reschedule_appointment_for_service_job_by_service_job_id(found.pending, added, found.second)
    assert moved.warnings[0].code == "RESOURCES_UNASSIGNED"
    api.set_appointment_fulfillment_data(found.past, found.proven, found.worked)
    api.complete_service_job_by_service_job_id(found.past)
    api.cancel_service_job_by_service_job_id(found.pending, "S1")
    assert api.create_service_document_upload_destination(DOCUMENT).payload.url.startswith(url)

    api.update_schedule(found.store, [US], {"schedules": [SUNDAY | {"capacity": 9}]})
    made = api.create_reservation([US], reservation(found)).payload.reservation.reservation_id
    renewed = api.update_reservation(made, [US], reservation(found)).payload.reservation.reservation_id
    api.cancel_reservation(renewed, [US])

    assert performed(found.world) == {"token", *BY_NAME}
    assert not found.world.control("GET", "log", verdict="refused")["requests"]


def test_the_most_used_client_makes_every_call_it_can(found: SimpleNamespace) -> None:
    url = found.world.url

    class LocalLogin(AccessTokenClient):
        scheme, host = "http://", url.removeprefix("http://")

    credentials = {"refresh_token": "Atzr|python", "lwa_app_id": f"client of {url}", "lwa_client_secret": "secret"}
    api = Services(credentials=credentials, auth_token_client_class=LocalLogin)
    api.endpoint = url

    assert len(api.get_service_jobs(createdAfter=START, pageSize=5, **OF_US).payload["jobs"]) == 5
    assert api.get_service_jobs(createdAfter=START).payload["totalResultSize"]
    assert api.get_service_job_by_service_job_id(found.pending).payload["serviceJobId"] == found.pending
    assert api.get_appointmment_slots_by_job_id(found.pending).payload["appointmentSlots"]
    assert api.get_appointment_slots(asin=found.asin, storeId=found.store).payload["appointmentSlots"]
    added = api.add_appointment_for_service_job_by_service_job_id(found.pending, **found.first).payload["appointmentId"]
    api.assign_appointment_resources(found.pending, added, **found.resources)
    api.reschedule_appointment_for_service_job_by_service_job_id_post(found.pending, added, **found.second)
    api.set_appointment_fulfillment_data(found.past, found.proven, **found.worked)
    api.complete_service_job_by_service_job_id(found.past)
    assert api.create_service_document_upload_destination(**DOCUMENT).payload["url"].startswith(url)
    path, params = "reservation", {"marketplaceIds": US}
    made = found.world.call("POST", path, params=params, json=reservation(found)).json()
    api.cancel_reservation(made["payload"]["reservation"]["reservationId"])

    assert not found.world.control("GET", "log", verdict="refused")["requests"]
    notes = found.world.control("GET", "log", operation="getServiceJobs")["requests"][-1]["notes"]
    assert "unknown query parameter MarketplaceId" in notes

    # It writes the parameters that belong to the query of these calls into their body, where the API does not look.
    for call, named in (
        (lambda: api.cancel_service_job_by_service_job_id(found.pending, cancellationReasonCode="S1"), "cancellationReasonCode"),
        (lambda: api.get_fixed_slot_capacity(found.store, **CAPACITY), "marketplaceIds"),
        (lambda: api.get_range_slot_capacity(found.store, **CAPACITY), "marketplaceIds"),
        (lambda: api.update_schedule(found.store, schedules=[SUNDAY]), "marketplaceIds"),
        (lambda: api.create_reservation(**reservation(found)), "marketplaceIds"),
        (lambda: api.update_reservation("any", **reservation(found)), "marketplaceIds"),
    ):
        with pytest.raises(SellingApiBadRequestException, match=named):
            call()
    # Its other method for rescheduling posts to a path that the model does not have.
    with pytest.raises(SellingApiException):
        api.reschedule_appointment_for_service_job_by_service_job_id(found.pending, **found.second)
