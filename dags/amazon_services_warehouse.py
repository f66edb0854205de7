"""### Build, audit, publish.

Runs when jobs or availability have been loaded: dbt builds what has changed, and Great Expectations validates it. Only a build
that passes this audit replaces the file that BI tools read. If the audit fails, the last valid version stays in place, and the
configured receivers are notified.

`{"rollback": "previous"}`, or the file name of a kept version, replaces the published file by that version and does nothing
else; the next publication contains the newest build again.
"""

from airflow.sdk import Param, TaskGroup, dag, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from amazon_services.alerts import alerts, deadlines
from amazon_services.assets import AVAILABILITY_LOADED, JOBS_LOADED, WAREHOUSE_PUBLISHED, WRITER_POOL
from amazon_services.dag_parts import DAG_ARGS
from amazon_services.timeouts import timeout
from include.warehouse import paths
from include.warehouse.inputs import run_parameters


@task(pool=WRITER_POOL, execution_timeout=timeout("build"))
def build(run_id: str, dag_run, params: dict) -> dict[str, int]:
    """Build the models with dbt."""
    from include.warehouse import database, schema
    from include.warehouse.building import builds
    from include.warehouse.building.transform import build_models

    if run_parameters.text(params, "rollback"):
        raise AirflowSkipException("This run rolls back to a version and does not build.")
    with database.connect() as connection:
        schema.ensure(connection)
        # runs that are started by hand always build, because the models may have changed
        if dag_run.run_type == "asset_triggered" and not builds.is_due(connection):
            raise AirflowSkipException("All loaded data is published already.")
        builds.begin(connection, run_id)
    return build_models()


@task(pool=WRITER_POOL, execution_timeout=timeout("audit"), on_failure_callback=alerts())
def audit(run_id: str) -> dict[str, int]:
    """Validate the build with Great Expectations."""
    from include import quality
    from include.warehouse.building import builds

    builds.catch_up(run_id)
    try:
        report = quality.gate(paths.build_database(), paths.data_docs_dir(), run_id=run_id)
    except quality.QualityGateFailed as error:
        # a retry would audit the same build
        raise AirflowFailException(str(error)) from error
    return {"rules": len(report.results), "findings": len(report.findings)}


@task(task_id="publish", pool=WRITER_POOL, execution_timeout=timeout("publish"), outlets=[WAREHOUSE_PUBLISHED])
def publish_build(run_id: str, outlet_events) -> dict[str, int]:
    """Replace the published file by the audited build."""
    from include.warehouse.publishing import model_docs
    from include.warehouse.publishing.publish import publish

    model_docs.refresh()
    publication = publish(paths.build_database(), paths.published_database(), run_id=run_id)
    counts = {"tables": publication.tables, "rows": publication.rows, "bytes": publication.bytes}
    outlet_events[WAREHOUSE_PUBLISHED].extra = counts
    return counts


@task(pool=WRITER_POOL, retries=0)
def roll_back(params: dict) -> str:
    """Replace the published file by an earlier version."""
    from include.warehouse.publishing import versions

    version = run_parameters.text(params, "rollback")
    if not version:
        raise AirflowSkipException("No version is given.")
    return versions.rollback(paths.published_database(), None if version == "previous" else version).name


@dag(
    schedule=(JOBS_LOADED | AVAILABILITY_LOADED),
    max_active_runs=1,
    doc_md=__doc__,
    params={"rollback": Param(None, type=["null", "string"], description="`previous`, or the file name of a kept version")},
    deadline=deadlines(),
    **DAG_ARGS,
)
def amazon_services_warehouse():
    """Wire the tasks."""
    with TaskGroup("write_audit_publish", prefix_group_id=False):
        build() >> audit() >> publish_build()
    roll_back()


amazon_services_warehouse()
