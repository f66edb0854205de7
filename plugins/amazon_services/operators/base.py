"""What all operators that write have in common: judge, send once, give back ids and warnings."""

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from amazon_services.hooks import AmazonServicesHook
from include.services_api.errors import ServicesApiError
from include.services_api.retries import is_transient

if TYPE_CHECKING:
    from include.writes import Write


class AmazonServicesWriteOperator(BaseOperator):
    """Base of the operators. Pushes `operation`, `outcome`, `request_id`, `warnings` and the ids that the answer gave.

    A final refusal, and an outcome that is not known, end the task without retry. Running the task again first looks whether its
    earlier attempt has arrived.

    :param amazon_services_conn_id: connection of type "Amazon Services".
    :param dry_run: judge and log what would be sent; send nothing at all.
    :param settle_seconds: a request without an answer that the API does not show so long after a first look has not arrived.
    """

    template_fields = ("amazon_services_conn_id", "is_dry_run")
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
        # Airflow's operators have a method of the name dry_run
        self.is_dry_run = dry_run
        self.settle_seconds = settle_seconds

    def write(self) -> "Write":
        """The write, of the rendered fields."""
        raise NotImplementedError

    def execute(self, context) -> dict:
        # heavy: only where it runs
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
    """DAG, run and task, with its place in a mapping: the same for every try of a task, and when it is cleared."""
    instance = context["ti"]
    place = "" if instance.map_index is None or instance.map_index < 0 else f"[{instance.map_index}]"
    return f"{instance.dag_id} {instance.run_id} {instance.task_id}{place}"
