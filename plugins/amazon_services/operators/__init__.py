"""One operator for each write of the Services API: thin, templated, safe to run again.

.. code-block:: python

    AmazonServicesAssignResourcesOperator.partial(task_id="assign").expand_kwargs(
        [{"service_job_id": "...", "appointment_id": "...", "resource_ids": ["A1TECHNICIAN"]}]
    )

Each judges what it was given before anything is sent, tells the journal (`ops.api_writes`) before it sends and after, looks
there before it repeats anything, and returns the ids and warnings of the answer.
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
