"""Operators that set fulfillment data, upload proofs, and complete or cancel jobs."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from amazon_services.operators.base import AmazonServicesWriteOperator

if TYPE_CHECKING:
    from include.writes import Write


class AmazonServicesSetFulfillmentDataOperator(AmazonServicesWriteOperator):
    """Set the fulfillment data of an appointment. At least one of the optional arguments is required.

    It may not replace the mobile app that Amazon requires of technicians: ask the Amazon business line.

    Args:
        service_job_id: Amazon's id of the job, which has to be NOT_SERVICED.
        appointment_id: Amazon's id of the appointment, which has to be ACTIVE.
        estimated_arrival: Start and end as a pair or `{"start": ..., "end": ...}`, with a time zone or as ISO-8601 text.
        fulfillment_time: Start and end of the work, in the same form; in the past.
        resource_ids: Ids of the technicians who did the work.
        documents: What `AmazonServicesUploadDocumentOperator` pushed: one document or a list.
    """

    write_type = "SetFulfillmentData"
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


class AmazonServicesUploadDocumentOperator(AmazonServicesWriteOperator):
    """Encrypt and upload a proof of appointment. Pushes `upload_destination_id` and `content_sha256`, for `documents`.

    Args:
        file: Path of a TIFF, JPG, PNG, JPEG, GIF or PDF file of at most 5,242,880 bytes.
        content_type: One of these types; by default detected from the content.
    """

    template_fields = (*AmazonServicesWriteOperator.template_fields, "file", "content_type")

    def __init__(self, *, file: str | Path, content_type: str | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        self.file = file
        self.content_type = content_type

    @override
    def write(self) -> "Write":
        from include.writes import UploadDocument, documents

        return UploadDocument(content=documents.read(self.file), content_type=self.content_type)


class AmazonServicesCompleteJobOperator(AmazonServicesWriteOperator):
    """Complete a job whose fulfillment data has been set. If it is the last active job of its order, this completes the order.

    It may not replace the mobile app that Amazon requires of technicians: ask the Amazon business line.

    Args:
        service_job_id: Amazon's id of the job, which has to be NOT_SERVICED.
    """

    write_type = "CompleteJob"
    template_fields = (*AmazonServicesWriteOperator.template_fields, "service_job_id")

    def __init__(self, *, service_job_id: str, **kwargs) -> None:
        super().__init__(**kwargs)
        self.service_job_id = service_job_id


class AmazonServicesCancelJobOperator(AmazonServicesWriteOperator):
    """Cancel a job. If it is the last active job of its order, this cancels the order.

    Args:
        service_job_id: Amazon's id of the job.
        cancellation_reason_code: A code that Amazon allows for the marketplace and type of service (`dim_reason_code`).
        service_type: `default`, `heavy_bulk` or `recurring`, for jobs that do not show their type; by default any of them.
    """

    write_type = "CancelJob"
    template_fields = (
        *AmazonServicesWriteOperator.template_fields, "service_job_id", "cancellation_reason_code", "service_type"
    )  # fmt: skip

    def __init__(self, *, service_job_id: str, cancellation_reason_code: str, service_type: str | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        self.service_job_id = service_job_id
        self.cancellation_reason_code = cancellation_reason_code
        self.service_type = service_type
