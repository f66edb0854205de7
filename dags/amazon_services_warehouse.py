"""### Build, audit, publish

Runs when jobs or availability have been loaded: dbt builds what changed, Great Expectations judges it, and only what passed
replaces the file that BI reads. A failed audit leaves the last good version in place.
"""

from airflow.sdk import dag, task

from amazon_services.assets import AVAILABILITY_LOADED, JOBS_LOADED, WAREHOUSE_PUBLISHED, WRITER_POOL
from amazon_services.dag_parts import DAG_ARGS


@dag(schedule=(JOBS_LOADED | AVAILABILITY_LOADED), max_active_runs=1, doc_md=__doc__, **DAG_ARGS)
def amazon_services_warehouse():
    @task(pool=WRITER_POOL)
    def build(run_id: str, dag_run) -> dict[str, int]:
        from airflow.sdk.exceptions import AirflowSkipException

        from include.warehouse import builds, database, schema
        from include.warehouse.transform import build_models

        with database.connect() as connection:
            schema.ensure(connection)
            # who starts a run by hand wants it run: the models may have changed
            if dag_run.run_type == "asset_triggered" and not builds.is_due(connection):
                raise AirflowSkipException("Everything that was loaded is published.")
            builds.begin(connection, run_id)
        return build_models()

    @task(pool=WRITER_POOL)
    def audit(run_id: str) -> dict[str, int]:
        from include import quality
        from include.warehouse import paths

        report = quality.gate(paths.build_database(), paths.data_docs_dir(), run_id=run_id)
        return {"rules": len(report.results), "findings": len(report.findings)}

    @task(pool=WRITER_POOL, outlets=[WAREHOUSE_PUBLISHED])
    def publish(run_id: str) -> dict[str, int]:
        from include.warehouse import paths
        from include.warehouse.publish import publish

        publication = publish(paths.build_database(), paths.published_database(), run_id=run_id)
        return {"tables": publication.tables, "rows": publication.rows, "bytes": publication.bytes}

    build() >> audit() >> publish()


amazon_services_warehouse()
