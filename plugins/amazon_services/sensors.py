"""Sensors for the status of a job, the technician of an appointment, and a free slot in a store.

By default (`deferrable`) they poll once and then wait in the triggerer, without a worker.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from airflow.sdk import BaseSensorOperator, PokeReturnValue
from airflow.sdk.exceptions import AirflowFailException

from amazon_services.hooks import AmazonServicesHook
from amazon_services.triggers import AmazonServicesTrigger


class AmazonServicesSensor(BaseSensorOperator):
    """Base class of the sensors. They fail at once if their condition can no longer be met.

    Args:
        amazon_services_conn_id: Connection of type "Amazon Services".
        deferrable: Wait in the triggerer; if False, in a worker, according to Airflow's `mode`.
    """

    template_fields: Sequence[str] = ("amazon_services_conn_id",)
    condition: str
    ui_color = "#d9ecd5"

    def __init__(
        self, *, amazon_services_conn_id: str = AmazonServicesHook.default_conn_name, deferrable: bool = True, **kwargs
    ) -> None:
        super().__init__(**kwargs)
        self.amazon_services_conn_id = amazon_services_conn_id
        self.deferrable = deferrable

    def arguments(self) -> dict:
        """The fields of the condition, which are the templated attributes of the sensor, as plain values."""
        names = set(self.template_fields) - set(AmazonServicesSensor.template_fields)
        return {name: _plain(getattr(self, name)) for name in names}

    def poke(self, context) -> PokeReturnValue:
        """Check the condition once."""
        # slow imports
        from include.services_api.errors import ServicesApiError
        from include.services_api.retries import is_transient
        from include.writes.conditions import CONDITIONS, NeverMet

        try:
            with AmazonServicesHook(self.amazon_services_conn_id).get_client() as client:
                result = CONDITIONS[self.condition](**self.arguments()).met(client)
        except (ServicesApiError, NeverMet) as error:
            if is_transient(error):
                raise
            raise AirflowFailException(str(error)) from error
        return PokeReturnValue(result is not None, result)

    def execute(self, context) -> dict | None:
        """Poll once, then defer; return what the condition found."""
        if not self.deferrable:
            return super().execute(context)
        poked = self.poke(context)
        if poked:
            return poked.xcom_value
        trigger = AmazonServicesTrigger(self.condition, self.arguments(), self.amazon_services_conn_id, self.poke_interval)
        self.defer(trigger=trigger, method_name="resume", timeout=timedelta(seconds=self.timeout))

    def resume(self, context, event: dict) -> dict:
        """Continue with the event of the trigger."""
        if event["status"] != "met":
            raise AirflowFailException(event["message"])
        return event["found"]


def _plain(value: object) -> object:
    """A value as Airflow stores it for the triggerer: a time as text, a sequence as a list."""
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str) else value


class AmazonServicesJobStatusSensor(AmazonServicesSensor):
    """Wait until a job has one of several statuses. Pushes `job_status`.

    Args:
        service_job_id: Amazon's id of the job.
        statuses: Statuses such as `["COMPLETED"]`, as a list or a comma-separated text.
    """

    template_fields = (*AmazonServicesSensor.template_fields, "service_job_id", "statuses")
    condition = "JobReaches"

    def __init__(self, *, service_job_id: str, statuses: Sequence[str] | str, **kwargs) -> None:
        super().__init__(**kwargs)
        self.service_job_id = service_job_id
        self.statuses = statuses


class AmazonServicesTechnicianSensor(AmazonServicesSensor):
    """Wait until a technician is assigned to an appointment. Pushes `technician_ids`.

    Args:
        service_job_id: Amazon's id of the job.
        appointment_id: Amazon's id of the appointment.
    """

    template_fields = (*AmazonServicesSensor.template_fields, "service_job_id", "appointment_id")
    condition = "TechnicianAssigned"

    def __init__(self, *, service_job_id: str, appointment_id: str, **kwargs) -> None:
        super().__init__(**kwargs)
        self.service_job_id = service_job_id
        self.appointment_id = appointment_id


class AmazonServicesSlotSensor(AmazonServicesSensor):
    """Wait until a service has a free slot in a store. Pushes `slot_start_at`, `slot_end_at` and `capacity` of the first one.

    Args:
        store_id: Amazon's id of the store.
        asin: ASIN of the service.
        marketplace_id: Marketplace; by default the only one of the connection.
        start: Earliest start of the slot, with a time zone or as ISO-8601 text; by default now.
        end: End of the range, exclusive; by default 14 days after `start`, at most 90.
        least_capacity: Minimum of free capacity.
    """

    template_fields = (
        *AmazonServicesSensor.template_fields, "store_id", "asin", "marketplace_id", "start", "end", "least_capacity"
    )  # fmt: skip
    condition = "SlotOpens"

    def __init__(
        self,
        *,
        store_id: str,
        asin: str,
        marketplace_id: str | None = None,
        start: datetime | str | None = None,
        end: datetime | str | None = None,
        least_capacity: int | str = 1,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.store_id = store_id
        self.asin = asin
        self.marketplace_id = marketplace_id
        self.start = start
        self.end = end
        self.least_capacity = least_capacity
