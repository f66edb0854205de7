"""### Schedules from a table

Keeps the schedules of resources equal to a CSV or Parquet file, or a table of a DuckDB file, with the columns `resource_id`,
`start`, `end`, `capacity`, and for what recurs `repeat_until`, `days_of_week`, `days_of_month`. It shows the difference first,
and with `apply` sends the schedules of the resources that differ, then looks again.

The file lies in a folder for input (`SERVICES_INPUT_DIR`, default `inputs/` of the warehouse).

`{"file": "schedules.csv", "apply": true}`
"""

from airflow.sdk import Param, dag, task

from amazon_services.dag_parts import DAG_ARGS, TABLE_PARAMS
from amazon_services.timeouts import timeout


@dag(
    schedule=None,
    max_active_runs=1,
    is_paused_upon_creation=True,
    doc_md=__doc__,
    params={
        **TABLE_PARAMS,
        "marketplace_id": Param(None, type=["null", "string"], description="None: the connection's only one"),
        "horizon_days": Param(28, type="integer", minimum=1, maximum=365, description="How far ahead schedules are compared"),
        "apply": Param(False, type="boolean", description="Send what differs; else it is only shown"),
    },
    **DAG_ARGS,
)
def amazon_services_schedules():
    def compare(params: dict, report: str) -> dict[str, object]:
        from amazon_services.hooks import AmazonServicesHook
        from include.writes import schedules
        from include.writes.table_parameters import TableParameters

        asked = TableParameters.from_params(params)
        wanted = schedules.read(asked.file, asked.table)
        with AmazonServicesHook(asked.account).get_client() as client:
            found = schedules.differences(client, wanted, asked.marketplace_id, horizon_days=asked.horizon_days)
        return schedules.report(report, found)

    @task(execution_timeout=timeout("send"))
    def difference(params: dict, run_id: str) -> dict[str, object]:
        return compare(params, f"schedules-{run_id}")

    @task(execution_timeout=timeout("send"))
    def apply(told: dict[str, object], params: dict, run_id: str, ti) -> list[str]:
        from airflow.sdk.exceptions import AirflowSkipException

        from amazon_services.hooks import AmazonServicesHook
        from include.writes import schedules
        from include.writes.table_parameters import TableParameters

        asked = TableParameters.from_params(params)
        if not asked.apply or not told["resources"]:
            raise AirflowSkipException(f"{told['differences']} differences are shown, and none is applied: {told['report']}")
        wanted = schedules.read(asked.file, asked.table)
        with AmazonServicesHook(asked.account).get_client() as client:
            done = schedules.apply(
                client, wanted, told["resources"], requested_by=f"{ti.dag_id} {run_id} {ti.task_id}",
                marketplace_id=asked.marketplace_id,
            )  # fmt: skip
        return sorted(done)

    @task(execution_timeout=timeout("send"))
    def check(applied: list[str], params: dict, run_id: str) -> None:
        """Looks again: what was sent has to be there."""
        from airflow.sdk.exceptions import AirflowFailException

        told = compare(params, f"schedules-{run_id}-after")
        if told["differences"]:
            raise AirflowFailException(f"{told['differences']} differences are still there: {told['report']}")

    check(apply(difference()))


amazon_services_schedules()
