"""Operators that close a job: its fulfillment data, the proof of it, and its end."""

from collections.abc import Sequence
from pathlib import Path

from amazon_services.operators.base import AmazonServicesWriteOperator


class AmazonServicesSetFulfillmentDataOperator(AmazonServicesWriteOperator):
    """Report what was done in an appointment; at least one of its parts.

    :param service_job_id: Amazon's id of the job.
    :param appointment_id: Amazon's id of the appointment.
    :param estimated_arrival: start and end, a pair or `{"start": ..., "end": ...}`, times or ISO-8601 text.
    :param fulfillment_time: start and end of the work, likewise; in the past.
    :param resource_ids: who did it.
    :param documents: what the upload of documents pushed: one, or a list.
    """

    template_fields = (
        *AmazonServicesWriteOperator.template_fields, "service_job_id", "appointment_id", "estimated_arrival", "fulfillment_time",
        "resource_ids", "documents",
    )  # fmt: skip

    def __init__(
        self,
        *,
        service_job_id: str,
        appointment_id: str,
        estimated_arrival: Sequence | dict | None = None,
        fulfillment_time: Sequence | dict | None = None,
        resource_ids: Sequence[str] | str | None = None,
        documents: Sequence[dict] | dict | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.service_job_id = service_job_id
        self.appointment_id = appointment_id
        self.estimated_arrival = estimated_arrival
        self.fulfillment_time = fulfillment_time
        self.resource_ids = resource_ids
        self.documents = documents

    def write(self):
        from include.writes import SetFulfillmentData

        return SetFulfillmentData(
            service_job_id=self.service_job_id, appointment_id=self.appointment_id, estimated_arrival=self.estimated_arrival,
            fulfillment_time=self.fulfillment_time, resource_ids=self.resource_ids, documents=self.documents,
        )  # fmt: skip


class AmazonServicesUploadDocumentOperator(AmazonServicesWriteOperator):
    """Encrypt a proof of appointment and upload it. Pushes `upload_destination_id` and `content_sha256`, ready for `documents`.

    :param file: path of a TIFF, JPG, PNG, JPEG, GIF or PDF of at most 5,242,880 bytes.
    :param content_type: one of these; by the file's own beginning where nothing is given.
    """

    template_fields = (*AmazonServicesWriteOperator.template_fields, "file", "content_type")

    def __init__(self, *, file: str | Path, content_type: str | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        self.file = file
        self.content_type = content_type

    def write(self):
        from include.writes import UploadDocument, documents

        return UploadDocument(content=documents.read(self.file), content_type=self.content_type)


class AmazonServicesCompleteJobOperator(AmazonServicesWriteOperator):
    """Complete a job whose fulfillment data has been set.

    :param service_job_id: Amazon's id of the job.
    """

    template_fields = (*AmazonServicesWriteOperator.template_fields, "service_job_id")

    def __init__(self, *, service_job_id: str, **kwargs) -> None:
        super().__init__(**kwargs)
        self.service_job_id = service_job_id

    def write(self):
        from include.writes import CompleteJob

        return CompleteJob(service_job_id=self.service_job_id)


class AmazonServicesCancelJobOperator(AmazonServicesWriteOperator):
    """Cancel a job.

    :param service_job_id: Amazon's id of the job.
    :param cancellation_reason_code: one that Amazon allows in the marketplace for the type of service (`dim_reason_code`).
    :param service_type: `default`, `heavy_bulk` or `recurring`; by the job, or any of them, where nothing is given.
    """

    template_fields = (
        *AmazonServicesWriteOperator.template_fields, "service_job_id", "cancellation_reason_code", "service_type"
    )  # fmt: skip

    def __init__(self, *, service_job_id: str, cancellation_reason_code: str, service_type: str | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        self.service_job_id = service_job_id
        self.cancellation_reason_code = cancellation_reason_code
        self.service_type = service_type

    def write(self):
        from include.writes import CancelJob

        return CancelJob(
            service_job_id=self.service_job_id, cancellation_reason_code=self.cancellation_reason_code,
            service_type=self.service_type,
        )  # fmt: skip
