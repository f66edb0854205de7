"""Operators for the writes of the Services API, templated and safe to run again.

.. code-block:: python

    AmazonServicesAssignResourcesOperator.partial(task_id="assign").expand_kwargs(
        [{"service_job_id": "...", "appointment_id": "...", "resource_ids": ["A1TECHNICIAN"]}]
    )

Each checks its arguments before anything is sent, journals each attempt in `ops.api_writes` before and after sending it, checks
whether an earlier attempt arrived before it retries, and returns the ids and warnings of the response.
"""

from amazon_services.operators.appointments import (
    AmazonServicesAddAppointmentOperator,
    AmazonServicesAssignResourcesOperator,
    AmazonServicesRescheduleAppointmentOperator,
)
from amazon_services.operators.capacity import (
    AmazonServicesCancelReservationOperator,
    AmazonServicesCreateReservationOperator,
    AmazonServicesUpdateReservationOperator,
    AmazonServicesUpdateScheduleOperator,
)
from amazon_services.operators.fulfillment import (
    AmazonServicesCancelJobOperator,
    AmazonServicesCompleteJobOperator,
    AmazonServicesSetFulfillmentDataOperator,
    AmazonServicesUploadDocumentOperator,
)

__all__ = [
    "AmazonServicesAddAppointmentOperator",
    "AmazonServicesAssignResourcesOperator",
    "AmazonServicesCancelJobOperator",
    "AmazonServicesCancelReservationOperator",
    "AmazonServicesCompleteJobOperator",
    "AmazonServicesCreateReservationOperator",
    "AmazonServicesRescheduleAppointmentOperator",
    "AmazonServicesSetFulfillmentDataOperator",
    "AmazonServicesUpdateReservationOperator",
    "AmazonServicesUpdateScheduleOperator",
    "AmazonServicesUploadDocumentOperator",
]
