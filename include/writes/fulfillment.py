"""Writes that close a job: what was done, the proof of it, and the job's end."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from include.services_api import Answer, FulfillmentDocument, ServicesClient, operations
from include.services_api.account import Account
from include.services_api.parameters import moment, refuse
from include.services_api.writes import Period, Writes
from include.writes import documents, guide, inputs
from include.writes.appointments import AppointmentWrite, check_reason_of_job, starts_at
from include.writes.write import JobWrite, Seen, Trace, Write, set_fields


@dataclass(frozen=True, kw_only=True)
class SetFulfillmentData(AppointmentWrite):
    """Any of: when the technician is expected, when the work was done, who did it, the proofs (what `UploadDocument` gave)."""

    operation = operations.SET_FULFILLMENT
    estimated_arrival: Period | None = None
    fulfillment_time: Period | None = None
    resource_ids: Iterable[str] | None = None
    documents: Iterable[FulfillmentDocument] | None = None

    def __post_init__(self) -> None:
        set_fields(self, estimated_arrival=inputs.period, fulfillment_time=inputs.period, documents=inputs.documents)
        if self.resource_ids is not None:
            set_fields(self, resource_ids=inputs.texts)

    def request(self, client: Writes) -> Answer:
        return client.set_appointment_fulfillment_data(
            self.service_job_id, self.appointment_id, estimated_arrival=self.estimated_arrival,
            fulfillment_time=self.fulfillment_time, resource_ids=self.resource_ids, documents=self.documents,
        )  # fmt: skip

    def check(self, account: Account, now: datetime) -> None:
        if self.fulfillment_time and self.fulfillment_time[1] > now:
            end = moment("fulfillment_time", self.fulfillment_time[1])
            raise refuse("fulfillment_time", f"in the past (now: {moment('now', now)})", end)

    def check_status(self, status: str) -> None:
        if status != "NOT_SERVICED":
            raise self.not_now(f"its status is {status}; it has to be NOT_SERVICED")

    def check_job(self, job: dict) -> None:
        # of a completed appointment, data can be set still
        if (self.appointment(job) or {}).get("appointmentStatus") != "COMPLETED":
            super().check_job(job)

    def seen(self, job: dict, before: dict) -> Seen:
        """By the parts that a job shows. Not one of them is the estimated arrival, nor which document it was."""
        proof = (self.appointment(job) or {}).get("poa") or {}
        parts = []
        if self.fulfillment_time:
            parts.append(starts_at(proof, self.fulfillment_time[0]))
        if self.resource_ids:
            parts.append({one.get("technicianId") for one in proof.get("technicians") or []} == set(self.resource_ids))
        if parts and not all(parts):
            return Seen(Trace.ABSENT, {})
        shown_in_full = parts and self.estimated_arrival is None and self.documents is None
        return Seen(Trace.ARRIVED if shown_in_full else Trace.UNDECIDED, {})


@dataclass(frozen=True, kw_only=True)
class CompleteJob(JobWrite):
    """The job is done; its fulfillment data has been set."""

    operation = operations.COMPLETE_JOB

    def request(self, client: Writes) -> Answer:
        return client.complete_service_job(self.service_job_id)

    def seen(self, job: dict, before: dict) -> Seen:
        return Seen(Trace.ARRIVED if job.get("serviceJobStatus") == "COMPLETED" else Trace.ABSENT, {})


@dataclass(frozen=True, kw_only=True)
class CancelJob(JobWrite):
    """Without `service_type` (`default`, `heavy_bulk`, `recurring`), a code that the guide allows for any of them is good."""

    operation = operations.CANCEL_JOB
    cancellation_reason_code: str
    service_type: str | None = None

    def target(self, account: Account) -> dict[str, str | None]:
        return super().target(account) | {"reason_code": self.cancellation_reason_code}

    def request(self, client: Writes) -> Answer:
        return client.cancel_service_job(self.service_job_id, self.cancellation_reason_code)

    def check(self, account: Account, now: datetime) -> None:
        guide.check_reason_code(guide.CANCEL, self.cancellation_reason_code, account.marketplace_ids, self.service_type)

    def check_job(self, job: dict) -> None:
        check_reason_of_job(guide.CANCEL, self.cancellation_reason_code, job, self.service_type)

    def seen(self, job: dict, before: dict) -> Seen:
        return Seen(Trace.ARRIVED if job.get("serviceJobStatus") == "CANCELLED" else Trace.ABSENT, {})


@dataclass(frozen=True, kw_only=True)
class UploadDocument(Write):
    """A proof of appointment, uploaded encrypted. Gives `upload_destination_id` and `content_sha256`, for `SetFulfillmentData`.

    `content_type`: one of Amazon's, by the file's own beginning where nothing is given.
    """

    operation = operations.CREATE_UPLOAD
    content: bytes = field(repr=False)
    content_type: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "content_type", documents.check(self.content, self.content_type))

    def target(self, account: Account) -> dict[str, str | None]:
        return {}

    def request(self, client: Writes) -> Answer:
        return client.create_service_document_upload_destination(
            self.content_type, len(self.content), documents.md5(self.content)
        )

    def send(self, client: ServicesClient) -> tuple[Answer, dict[str, str]]:
        answer = self.request(client)
        return answer, documents.upload(answer.payload, self.content, account=client.account.name)
