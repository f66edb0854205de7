"""### Assign technicians from a table.

Assigns technicians to appointments from a CSV or Parquet file, or a table of a DuckDB file, with the columns `service_job_id`,
`appointment_id` and `technician_id`; several rows of one appointment assign several technicians. It runs at Amazon's limit of one
assignment a second. The report lists refused assignments with their reasons, and the run fails if there are any. After an
interruption, clear the task to continue; assignments that an appointment already has are not sent again.

The file is in an input folder (`SERVICES_INPUT_DIR`, by default `inputs/` of the warehouse).

`{"file": "assignments.csv", "dry_run": true}`
"""

from airflow.sdk import Param, dag, task
from airflow.sdk.exceptions import AirflowFailException

from amazon_services.dag_parts import DAG_ARGS, TABLE_PARAMS
from amazon_services.hooks import AmazonServicesHook
from amazon_services.timeouts import timeout


@task(retries=0)
def plan(params: dict) -> list[dict[str, str]]:
    """Read and check the table before the first call."""
    from include.writes import assignments
    from include.writes.table_parameters import TableParameters

    options = TableParameters.from_params(params)
    return assignments.read(options.file, options.table)


@task(task_id="assign", execution_timeout=timeout("send"))
def send_assignments(rows: list[dict[str, str]], params: dict, run_id: str, ti) -> dict[str, object]:
    """Assign the technicians, or only check the rows in a dry run, and write the report."""
    from include.writes import assignments
    from include.writes.table_parameters import TableParameters

    options = TableParameters.from_params(params)
    hook, results = AmazonServicesHook(options.account), []
    try:
        if options.dry_run:
            results = assignments.dry_run(hook.get_account(), rows)
        else:
            with hook.get_client() as client:
                for result in assignments.assign(client, rows, requested_by=f"{ti.dag_id} {run_id} {ti.task_id}"):
                    results.append(result)
    finally:
        report = assignments.report(f"assign-{run_id}", results)
    if report.get("not_sent"):
        raise RuntimeError(f"{report['not_sent']} assignments were not sent ({report['report']}); a retry continues with them.")
    return report


@task(retries=0)
def check(report: dict[str, object]) -> None:
    """Fail if an assignment was refused or has an unknown outcome."""
    failures = {name: report[name] for name in ("refused", "unknown") if report.get(name)}
    if failures:
        raise AirflowFailException(f"Of {report['appointments']} appointments: {failures}. Reasons: {report['report']}")


@dag(
    schedule=None,
    max_active_runs=1,
    is_paused_upon_creation=True,
    doc_md=__doc__,
    params={
        **TABLE_PARAMS,
        "dry_run": Param(False, type="boolean", description="Check and report; send nothing"),
    },
    **DAG_ARGS,
)
def amazon_services_assign():
    """Wire the tasks."""
    check(send_assignments(plan()))


amazon_services_assign()
