"""Writes that close a job: fulfillment data, proof of appointment, completion and cancellation.

By Amazon's guide they may not replace the mobile app that a business line requires of technicians in the field.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from typing_extensions import override

from include.services_api import FulfillmentDocument, Response, ServicesClient, operations
from include.services_api.account import Account
from include.services_api.parameters import moment, refuse
from include.services_api.writes import Period
from include.writes import documents, guide, inputs
from include.writes.appointments import AppointmentWrite, appointment_of, appointments_of, check_reason_of_job, starts_at
from include.writes.write import Arrival, JobWrite, Lookup, Sender, Write, convert_fields


@dataclass(frozen=True, kw_only=True)
class SetFulfillmentData(AppointmentWrite):
    """Sets any of estimated arrival, time of the work, technicians, and documents (the results of `UploadDocument`)."""

    operation = operations.SET_FULFILLMENT
    estimated_arrival: Period | None = None
    fulfillment_time: Period | None = None
    resource_ids: Iterable[str] | None = None
    documents: Iterable[FulfillmentDocument] | None = None

    def __post_init__(self) -> None:
        convert_fields(self, estimated_arrival=inputs.period, fulfillment_time=inputs.period, documents=inputs.documents)
        if self.resource_ids is not None:
            convert_fields(self, resource_ids=inputs.texts)

    @override
    def request(self, client: Sender) -> Response:
        return client.set_appointment_fulfillment_data(
            self.service_job_id, self.appointment_id, estimated_arrival=self.estimated_arrival,
            fulfillment_time=self.fulfillment_time, resource_ids=self.resource_ids, documents=self.documents,
        )  # fmt: skip

    @override
    def check(self, account: Account, now: datetime) -> None:
        if self.fulfillment_time and self.fulfillment_time[1] > now:
            end = moment("fulfillment_time", self.fulfillment_time[1])
            raise refuse("fulfillment_time", f"in the past (now: {moment('now', now)})", end)

    @override
    def check_status(self, status: str) -> None:
        _check_not_serviced(self, status)

    @override
    def look_up_in(self, job: dict, before: dict) -> Lookup:
        """Compare the parts that a job shows; it shows neither the estimated arrival nor which documents were set."""
        proof = (appointment_of(job, self.appointment_id) or {}).get("poa") or {}
        parts = []
        if self.fulfillment_time:
            parts.append(starts_at(proof, self.fulfillment_time[0]))
        if self.resource_ids:
            parts.append({item.get("technicianId") for item in proof.get("technicians") or []} == set(self.resource_ids))
        if parts and not all(parts):
            return Lookup(Arrival.ABSENT)
        shown_in_full = parts and self.estimated_arrival is None and self.documents is None
        return Lookup(Arrival.ARRIVED if shown_in_full else Arrival.UNDECIDED)


@dataclass(frozen=True, kw_only=True)
class CompleteJob(JobWrite):
    """Completes a job whose fulfillment data has been set.

    If it is the only active job of its order, Amazon completes the order.
    """

    operation = operations.COMPLETE_JOB

    @override
    def request(self, client: Sender) -> Response:
        return client.complete_service_job(self.service_job_id)

    @override
    def check_status(self, status: str) -> None:
        _check_not_serviced(self, status)

    @override
    def check_job(self, job: dict) -> None:
        statuses = [str(appointment.get("appointmentStatus")) for appointment in appointments_of(job)]
        if all(status == "CANCELLED" for status in statuses):
            raise self.not_allowed(f"it needs an appointment that is not CANCELLED, but has {len(statuses)} that are")

    @override
    def look_up_in(self, job: dict, before: dict) -> Lookup:
        return Lookup(Arrival.ARRIVED if job.get("serviceJobStatus") == "COMPLETED" else Arrival.ABSENT)


@dataclass(frozen=True, kw_only=True)
class CancelJob(JobWrite):
    """Cancels a job; if it is the only active job of its order, Amazon cancels the order.

    The job's `serviceType` decides which codes are valid. If the job does not show it, `service_type` does (`default`,
    `heavy_bulk`, `recurring`); without it, a code that is valid for any of them is accepted.
    """

    operation = operations.CANCEL_JOB
    target_fields = JobWrite.target_fields | {"reason_code": "cancellation_reason_code"}
    cancellation_reason_code: str
    service_type: str | None = None

    @override
    def request(self, client: Sender) -> Response:
        return client.cancel_service_job(self.service_job_id, self.cancellation_reason_code)

    @override
    def check(self, account: Account, now: datetime) -> None:
        guide.check_reason_code(guide.CANCEL, self.cancellation_reason_code, account.marketplace_ids, self.service_type)

    @override
    def check_job(self, job: dict) -> None:
        check_reason_of_job(guide.CANCEL, self.cancellation_reason_code, job, self.service_type)

    @override
    def look_up_in(self, job: dict, before: dict) -> Lookup:
        return Lookup(Arrival.ARRIVED if job.get("serviceJobStatus") == "CANCELLED" else Arrival.ABSENT)


@dataclass(frozen=True, kw_only=True)
class UploadDocument(Write):
    """Encrypts and uploads a proof of appointment. Returns `upload_destination_id` and `content_sha256` for `SetFulfillmentData`.

    `content_type`: one of `DOCUMENT_TYPES`; recognized from the content by default.
    """

    operation = operations.CREATE_UPLOAD
    content: bytes = field(repr=False)
    content_type: str | None = None

    def __post_init__(self) -> None:
        documents.check(self.content, self.content_type)

    @override
    def request(self, client: Sender) -> Response:
        content_type = documents.check(self.content, self.content_type)
        return client.create_service_document_upload_destination(content_type, len(self.content), documents.md5(self.content))

    @override
    def send(self, client: ServicesClient, before: dict) -> tuple[Response, dict[str, str]]:
        response = self.request(client)
        content_type = documents.check(self.content, self.content_type)
        return response, documents.upload(response.payload, self.content, content_type, account=client.account.name)


def _check_not_serviced(write: JobWrite, status: str) -> None:
    """Refuse a job of any other status: the guide asks for it before data is set and before a job is completed."""
    if status != "NOT_SERVICED":
        raise write.not_allowed(f"its status is {status}; it has to be NOT_SERVICED")
