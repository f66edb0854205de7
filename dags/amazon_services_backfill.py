"""### Load a range of the past.

Reads the jobs that were updated (or created) between `start` and `end`, in windows of a week, or the jobs with given ids. It runs
next to the scheduled runs: it uses at most `max_share` of the rate budget that they leave, and never moves their watermark.

`dry_run` reports the cost. While a run is active, the names of its tasks show their progress. A run that is started again within
a week, with the same parameters, continues where the last one stopped. A range can be read repeatedly.

`{"start": "2026-10-01T00:00:00Z", "end": "2026-11-01T00:00:00Z"}`
"""

from airflow.sdk import Param, dag, task

from amazon_services.assets import JOBS_LOADED
from amazon_services.dag_parts import DAG_ARGS, load, show_label
from amazon_services.hooks import AmazonServicesHook
from amazon_services.personal_data import provide_key
from amazon_services.timeouts import BACKFILL, timeout


@dag(
    schedule=None,
    max_active_runs=2,
    doc_md=__doc__,
    params={
        "start": Param(None, type=["null", "string"], format="date-time", description="Start of the range, in UTC"),
        "end": Param(None, type=["null", "string"], format="date-time", description="End of the range, in UTC"),
        "by": Param("updated", type="string", enum=["updated", "created"], description="Which time of a job is in the range"),
        "entities": Param(["jobs"], type="array", items={"type": "string"}, description="Only jobs can be read for the past"),
        "accounts": Param([], type="array", items={"type": "string"}, description="Connection ids, or SERVICES_CONNECTIONS"),
        "job_ids": Param([], type="array", items={"type": "string"}, description="Ids of jobs, instead of a range"),
        "job_ids_file": Param(
            None,
            type=["null", "string"],
            description="File with ids in an input folder: one id per line, or Seller Central's CSV report",
        ),
        "max_share": Param(
            1.0, type="number", exclusiveMinimum=0, maximum=1, description="Maximum share of the rate budget, above 0 and up to 1"
        ),
        "dry_run": Param(False, type="boolean", description="Only report the cost: windows, jobs, calls, minutes"),
    },
    **DAG_ARGS,
)
def amazon_services_backfill():
    """Wire the tasks."""

    @task(retries=0)
    def accounts(params: dict) -> list[str]:
        """Check the parameters before the first call."""
        from include.extract.backfill import Backfill

        return list(Backfill.from_params(params).accounts)

    @task(map_index_template="{{ label }}", execution_timeout=timeout(BACKFILL))
    def extract(account: str, params: dict, **context) -> dict[str, float]:
        from datetime import UTC, datetime

        from include.extract import runs
        from include.extract.backfill import Backfill

        backfill = Backfill.from_params(params)
        show_label(account)
        provide_key()
        with AmazonServicesHook(account).get_client("backfill", backfill.max_share) as client:
            return runs.backfill(
                client, backfill, datetime.now(UTC), context["run_id"], lambda text: show_label(f"{account}: {text}")
            )

    load(extract.expand(account=accounts()), JOBS_LOADED)


amazon_services_backfill()
