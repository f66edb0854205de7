"""Sensors: a job reaches a status, an appointment has a technician, a slot opens at a store.

They look once, and wait in the triggerer from then on (`deferrable`), where they take no worker.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from airflow.sdk import BaseSensorOperator, PokeReturnValue
from airflow.sdk.exceptions import AirflowFailException

from amazon_services.hooks import AmazonServicesHook
from amazon_services.triggers import AmazonServicesTrigger


class AmazonServicesSensor(BaseSensorOperator):
    """Base of the sensors. Fails at once where what it waits for can no longer come.

    :param amazon_services_conn_id: connection of type "Amazon Services".
    :param deferrable: wait in the triggerer; False waits in a worker, by Airflow's `mode`.
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
        """The condition's fields as plain values."""
        raise NotImplementedError

    def poke(self, context) -> PokeReturnValue:
        # heavy: only where it runs
        from include.services_api.errors import ServicesApiError
        from include.services_api.retries import is_transient
        from include.writes.conditions import CONDITIONS, NeverMet

        try:
            with AmazonServicesHook(self.amazon_services_conn_id).get_client() as client:
                found = CONDITIONS[self.condition](**self.arguments()).met(client)
        except (ServicesApiError, NeverMet) as error:
            if is_transient(error):
                raise
            raise AirflowFailException(str(error)) from error
        return PokeReturnValue(found is not None, found)

    def execute(self, context) -> dict:
        if not self.deferrable:
            return super().execute(context)
        looked = self.poke(context)
        if looked:
            return looked.xcom_value
        trigger = AmazonServicesTrigger(self.condition, self.arguments(), self.amazon_services_conn_id, self.poke_interval)
        self.defer(trigger=trigger, method_name="resume", timeout=timedelta(seconds=self.timeout))

    def resume(self, context, event: dict) -> dict:
        if event["status"] != "met":
            raise AirflowFailException(event["message"])
        return event["found"]


class AmazonServicesJobStatusSensor(AmazonServicesSensor):
    """Wait until a job has one of these statuses. Pushes `job_status`.

    :param service_job_id: Amazon's id of the job.
    :param statuses: such as `["COMPLETED"]`, a list or a text separated by commas.
    """

    template_fields = (*AmazonServicesSensor.template_fields, "service_job_id", "statuses")
    condition = "JobReaches"

    def __init__(self, *, service_job_id: str, statuses: Sequence[str] | str, **kwargs) -> None:
        super().__init__(**kwargs)
        self.service_job_id = service_job_id
        self.statuses = statuses

    def arguments(self) -> dict:
        statuses = self.statuses if isinstance(self.statuses, str) else list(self.statuses)
        return {"service_job_id": self.service_job_id, "statuses": statuses}


class AmazonServicesTechnicianSensor(AmazonServicesSensor):
    """Wait until somebody is assigned to an appointment. Pushes `technician_ids`.

    :param service_job_id: Amazon's id of the job.
    :param appointment_id: Amazon's id of the appointment.
    """

    template_fields = (*AmazonServicesSensor.template_fields, "service_job_id", "appointment_id")
    condition = "TechnicianAssigned"

    def __init__(self, *, service_job_id: str, appointment_id: str, **kwargs) -> None:
        super().__init__(**kwargs)
        self.service_job_id = service_job_id
        self.appointment_id = appointment_id

    def arguments(self) -> dict:
        return {"service_job_id": self.service_job_id, "appointment_id": self.appointment_id}


class AmazonServicesSlotSensor(AmazonServicesSensor):
    """Wait until a service has a free slot in a store. Pushes `slot_start_at`, `slot_end_at` and `capacity` of the first.

    :param store_id: Amazon's id of the store.
    :param asin: the service.
    :param marketplace_id: the connection's only one, where nothing is given.
    :param start: no slot before this time (default: now); a time with a time zone, or ISO-8601 text of one.
    :param end: no slot from this time on (default: 14 days later; at most 90).
    :param least_capacity: how much has to be free.
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

    def arguments(self) -> dict:
        times = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in
                 (("start", self.start), ("end", self.end))}  # fmt: skip
        about = {"store_id": self.store_id, "asin": self.asin, "marketplace_id": self.marketplace_id}
        return about | times | {"least_capacity": self.least_capacity}
