"""The base class of the operators for writes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from amazon_services.hooks import AmazonServicesHook
from include.services_api.errors import ServicesApiError
from include.services_api.retries import is_transient

if TYPE_CHECKING:
    from include.writes import Write


class AmazonServicesWriteOperator(BaseOperator):
    """Base class of the operators. Pushes `operation`, `outcome`, `request_id`, `warnings` and the ids in the response.

    A task fails without retry if the write was refused or its outcome is unknown. When the task runs again, it first checks
    whether the earlier attempt arrived.

    Args:
        amazon_services_conn_id: Connection of type "Amazon Services".
        dry_run: Check and log what would be sent, and send nothing.
        settle_seconds: Time after which a request without response and without visible effect counts as not arrived.
    """

    write_type: str
    template_fields: Sequence[str] = ("amazon_services_conn_id", "is_dry_run")
    ui_color = "#f6e3c5"

    def __init__(
        self,
        *,
        amazon_services_conn_id: str = AmazonServicesHook.default_conn_name,
        dry_run: bool | str = False,
        settle_seconds: float = 60.0,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.amazon_services_conn_id = amazon_services_conn_id
        # operators of Airflow have a method `dry_run`
        self.is_dry_run = dry_run
        self.settle_seconds = settle_seconds

    def write(self) -> "Write":
        """The write: the class `write_type` of `include.writes`, whose fields are the templated attributes of the operator."""
        from include import writes

        names = set(self.template_fields) - set(AmazonServicesWriteOperator.template_fields)
        return getattr(writes, self.write_type)(**{name: getattr(self, name) for name in names})

    def execute(self, context) -> dict:
        """Carry out the write, or only check it in a dry run."""
        # slow imports
        from include.writes import carry_out, inputs, rehearse

        hook = AmazonServicesHook(self.amazon_services_conn_id)
        try:
            write = self.write()
            if inputs.flag("dry_run", self.is_dry_run):
                call = rehearse(write, hook.get_account())
                return {"operation": call.operation.name, "outcome": "dry_run", "request_id": None, "warnings": []}
            with hook.get_client() as client:
                done = carry_out(client, write, requested_by=requester(context), settle_seconds=self.settle_seconds)
        except ServicesApiError as error:
            if is_transient(error):
                raise
            raise AirflowFailException(str(error)) from error
        return done.flat()


def requester(context) -> str:
    """DAG, run and task with its map index: the same for every try of a task, also after it was cleared."""
    instance = context["ti"]
    index = "" if instance.map_index is None or instance.map_index < 0 else f"[{instance.map_index}]"
    return f"{instance.dag_id} {instance.run_id} {instance.task_id}{index}"
