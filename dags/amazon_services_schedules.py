"""### Update schedules from a table.

Compares the schedules of resources with a CSV or Parquet file, or a table of a DuckDB file, with the columns `resource_id`,
`start`, `end`, `capacity`, and for recurring capacity `repeat_until`, `days_of_week`, `days_of_month`. Instead of
times, a row can have hours in the store's local time: `first_date`, `last_date`, `start_time`, `end_time`, `days_of_week`.

It reports the differences. With `apply` it also sends the times of the table for the resources that differ, and compares again.
Amazon replaces the whole schedule of a resource, so the times that are not in the table are read and sent again. With
`allow_removal` they are removed, for the resources of the table; the report shows them, up to a year ahead.

The file is in an input folder (`SERVICES_INPUT_DIR`, by default `inputs/` of the warehouse).

`{"file": "schedules.csv", "apply": true}`
"""

from airflow.sdk import Param, dag, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from amazon_services.dag_parts import DAG_ARGS, TABLE_PARAMS
from amazon_services.hooks import AmazonServicesHook
from amazon_services.timeouts import timeout


def compare(params: dict, name: str) -> dict[str, object]:
    """Compare the table with Amazon's schedules, and write the report with this name."""
    from include.writes import schedule_tables, schedules
    from include.writes.table_parameters import TableParameters

    options = TableParameters.from_params(params)
    rows = schedule_tables.read(options.file, options.table)
    with AmazonServicesHook(options.account).get_client() as client:
        differences = schedules.differences(
            client, rows, options.marketplace_id, horizon_days=options.horizon_days, allow_removal=options.allow_removal
        )
    return schedules.report(name, differences)


@task(execution_timeout=timeout("send"))
def difference(params: dict, run_id: str) -> dict[str, object]:
    """Report the differences."""
    return compare(params, f"schedules-{run_id}")


@task(task_id="apply", execution_timeout=timeout("send"))
def send_schedules(report: dict, params: dict, run_id: str, ti) -> list[str]:
    """Send the schedules of the resources that differ."""
    from include.writes import schedule_tables, schedules
    from include.writes.table_parameters import TableParameters

    options = TableParameters.from_params(params)
    if not options.apply or not report["resources"]:
        raise AirflowSkipException(f"{report['differences']} differences are reported, and none is applied: {report['report']}")
    rows = schedule_tables.read(options.file, options.table)
    with AmazonServicesHook(options.account).get_client() as client:
        sent = schedules.apply(
            client, rows, report["resources"], requested_by=f"{ti.dag_id} {run_id} {ti.task_id}",
            marketplace_id=options.marketplace_id, allow_removal=options.allow_removal,
        )  # fmt: skip
    return sorted(sent)


@task(execution_timeout=timeout("send"))
def check(applied: list[str], params: dict, run_id: str) -> None:
    """Compare again, and fail if there are differences."""
    report = compare(params, f"schedules-{run_id}-after")
    if report["differences"]:
        raise AirflowFailException(f"{report['differences']} differences remain: {report['report']}")


@dag(
    schedule=None,
    max_active_runs=1,
    is_paused_upon_creation=True,
    doc_md=__doc__,
    params={
        **TABLE_PARAMS,
        "marketplace_id": Param(None, type=["null", "string"], description="By default the only one of the connection"),
        "horizon_days": Param(28, type="integer", minimum=1, maximum=365, description="Number of days to compare"),
        "apply": Param(False, type="boolean", description="Send the schedules that differ; otherwise only report them"),
        "allow_removal": Param(False, type="boolean", description="With apply: remove times that are not in the table"),
    },
    **DAG_ARGS,
)
def amazon_services_schedules():
    """Wire the tasks."""
    check(send_schedules(difference()))


amazon_services_schedules()
