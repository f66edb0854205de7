"""### Technicians from a table

Assigns technicians to appointments from a CSV or Parquet file, or a table of a DuckDB file, with the columns `service_job_id`,
`appointment_id`, `technician_id`; several rows of an appointment are several technicians. It runs at the limit of Amazon (one a
second), tells what was refused and why in a report, and fails where something was. Stopped, it goes on where it was when its task
is cleared; what an appointment shows already is not sent again.

The file lies in a folder for input (`SERVICES_INPUT_DIR`, default `inputs/` of the warehouse).

`{"file": "assignments.csv", "dry_run": true}`
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
        "dry_run": Param(False, type="boolean", description="Judge and tell; send nothing"),
    },
    **DAG_ARGS,
)
def amazon_services_assign():
    @task(retries=0)
    def plan(params: dict) -> list[dict[str, str]]:
        """Refuses a bad table before the first call."""
        from include.writes import assignments
        from include.writes.table_parameters import TableParameters

        asked = TableParameters.from_params(params)
        return assignments.read(asked.file, asked.table)

    @task(execution_timeout=timeout("send"))
    def assign(wanted: list[dict[str, str]], params: dict, run_id: str, ti) -> dict[str, object]:
        from amazon_services.hooks import AmazonServicesHook
        from include.writes import assignments
        from include.writes.table_parameters import TableParameters

        asked = TableParameters.from_params(params)
        hook, results = AmazonServicesHook(asked.account), []
        try:
            if asked.dry_run:
                results = assignments.dry_run(hook.get_account(), wanted)
            else:
                with hook.get_client() as client:
                    for one in assignments.assign(client, wanted, requested_by=f"{ti.dag_id} {run_id} {ti.task_id}"):
                        results.append(one)
        finally:
            told = assignments.report(f"assign-{run_id}", results)
        if told.get("not_sent"):
            raise RuntimeError(
                f"{told['not_sent']} assignments did not get through ({told['report']}); a retry goes on with them."
            )
        return told

    @task(retries=0)
    def check(told: dict[str, object]) -> None:
        """Fails where something was refused, so that somebody looks."""
        from airflow.sdk.exceptions import AirflowFailException

        refused = {name: told[name] for name in ("refused", "unknown") if told.get(name)}
        if refused:
            raise AirflowFailException(f"Of {told['appointments']} appointments: {refused}. Which and why: {told['report']}")

    check(assign(plan()))


amazon_services_assign()
