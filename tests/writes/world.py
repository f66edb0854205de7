"""What the local API's world has to write to: jobs in each state, free slots, stores."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import requests

from include.services_api import Availability, ServicesClient
from include.services_api.paging import job_pages, range_capacity_pages
from tests.local_api import LocalApi

MARKETPLACE = "ATVPDKIKX0DER"


@dataclass
class World:
    """Each job is handed out once, so that no test changes what another one relies on."""

    api: LocalApi
    client: ServicesClient

    def __post_init__(self):
        self.used, self.able = set(), {}

    @cached_property
    def listed(self) -> list[dict]:
        since = datetime.now(UTC) - timedelta(days=60)
        return [job for page in job_pages(self.client, MARKETPLACE, created_after=since) for job in page.payload["jobs"]]

    @cached_property
    def stores(self) -> list[dict]:
        return [store for store in self.api.control("GET", "health")["stores"] if store["marketplace_id"] == MARKETPLACE]

    @cached_property
    def ample_store(self) -> str:
        """The first store, which has capacity at any time from now on."""
        store_id = self.stores[0]["store_id"]
        start = datetime.now(UTC).replace(microsecond=0)
        self.client.update_schedule(MARKETPLACE, store_id, [Availability(start, start + timedelta(days=365), 50)])
        return store_id

    def scheduled(self, store_id: str, days: int = 60) -> list[tuple[datetime, datetime, int]]:
        """What is scheduled from this hour on: start, end and capacity, in order."""
        start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        end, found = start + timedelta(days=days), []
        while start < end:
            until = min(end, start + timedelta(days=90))
            for page in range_capacity_pages(self.client, MARKETPLACE, store_id, start, until):
                found += [slot for one in page.body["capacities"] for slot in one["slots"] if slot["capacity"]]
            start = until
        ranges: list[tuple[datetime, datetime, int]] = []
        for slot in found:
            begin, last = (datetime.fromisoformat(slot[name]) for name in ("startDateTime", "endDateTime"))
            # the end of a request may lie within a range
            if ranges and ranges[-1][1:] == (begin, slot["capacity"]):
                begin = ranges.pop()[0]
            ranges.append((begin, last, slot["capacity"]))
        return ranges

    def job(self, *statuses: str, active: bool | None = None, assigned: bool | None = None) -> dict:
        """The detail of a job that nobody has had yet; `active`: with an appointment that is ACTIVE and in the future."""
        for one in self.listed:
            if one["serviceJobId"] not in self.used and one["serviceJobStatus"] in statuses:
                job = self.client.get_service_job(one["serviceJobId"]).payload
                appointment = active_appointment(job)
                fits = job["serviceJobStatus"] in statuses
                fits &= active is None or (appointment is not None) == active
                fits &= assigned is None or bool(appointment and appointment.get("assignedTechnicians")) == assigned
                if fits:
                    self.used.add(one["serviceJobId"])
                    return job
        raise AssertionError(f"the world has no more jobs {statuses}, active {active}, assigned {assigned}")

    def slots(self, job: dict) -> list[datetime]:
        """Starts of free slots of a job's service, from tomorrow on."""
        start = datetime.now(UTC) + timedelta(days=1)
        found = self.client.get_appointment_slots(
            MARKETPLACE, job["scopeOfWork"]["asin"], job["storeId"], start, start + timedelta(days=10)
        ).payload["appointmentSlots"]
        return [datetime.fromisoformat(slot["startTime"]) for slot in found if slot["capacity"]]

    def unassign(self, job: dict) -> None:
        """Nobody is assigned any more: the local API takes a resource without an id for that."""
        path = f"serviceJobs/{job['serviceJobId']}/appointments/{active_appointment(job)['appointmentId']}/resources"
        self.call("PUT", path, {"resources": [{}]}).raise_for_status()

    @cached_property
    def token(self) -> str:
        account = self.client.account
        form = {"grant_type": "refresh_token", "refresh_token": str(account.refresh_token), "client_id": account.client_id,
                "client_secret": str(account.client_secret)}  # fmt: skip
        return requests.post(account.lwa_url, data=form, timeout=60).json()["access_token"]

    def call(self, method: str, path: str, body: dict) -> requests.Response:
        """What the model allows and our client, strict as it is, never sends."""
        headers = {"x-amz-access-token": self.token, "User-Agent": "Tests/1 (Language=Python)"}
        url = f"{self.client.account.base_url}/service/v1/{path}"
        return requests.request(method, url, json=body, headers=headers, timeout=60)

    def technicians(self, job: dict) -> list[str]:
        """Of the job's store; not all of them have its skills."""
        (store,) = [store for store in self.stores if store["store_id"] == job["storeId"]]
        return store["technician_ids"]

    def able_technician(self, job: dict) -> str:
        """One whom the API accepts, found by asking, past our own rate budget; he or she is assigned then."""
        service = (job["storeId"], job["scopeOfWork"]["asin"])
        path = f"serviceJobs/{job['serviceJobId']}/appointments/{active_appointment(job)['appointmentId']}/resources"
        for one in [self.able[service]] if service in self.able else self.technicians(job):
            if self.call("PUT", path, {"resources": [{"resourceId": one}]}).ok:
                self.able[service] = one
                return one
        raise AssertionError(f"nobody can do {job['serviceJobId']}")


def active_appointment(job: dict) -> dict | None:
    future = datetime.now(UTC) + timedelta(hours=1)
    return next(
        (
            one
            for one in job.get("appointments", [])
            if one["appointmentStatus"] == "ACTIVE" and datetime.fromisoformat(one["appointmentTime"]["startTime"]) > future
        ),
        None,
    )
