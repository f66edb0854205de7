"""### Any range of the past

Reads the jobs that were updated (or created) between `start` and `end`, in windows of a week, or the jobs that are named, beside
the scheduled runs: it takes what they leave of the rate budget, and of that at most `max_share`, and never moves their watermark.

`dry_run` tells the cost first. While it runs, the name of its task tells how far it is. Stopped and started again within a week,
with the same parameters, it goes on where it was. Over a range that was read before it does no harm.

`{"start": "2026-10-01T00:00:00Z", "end": "2026-11-01T00:00:00Z"}`
"""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import Param, dag, task

from amazon_services.assets import JOBS_LOADED
from amazon_services.dag_parts import DAG_ARGS, load, show_label
from amazon_services.timeouts import BACKFILL, timeout


@dag(
    schedule=None,
    max_active_runs=2,
    doc_md=__doc__,
    params={
        "start": Param(None, type=["null", "string"], format="date-time", description="Beginning of the range, in UTC"),
        "end": Param(None, type=["null", "string"], format="date-time", description="End of the range, in UTC"),
        "by": Param("updated", type="string", enum=["updated", "created"], description="Which time of a job lies in the range"),
        "entities": Param(["jobs"], type="array", items={"type": "string"}, description="Only jobs have a past"),
        "accounts": Param([], type="array", items={"type": "string"}, description="Connection ids; none: SERVICES_CONNECTIONS"),
        "job_ids": Param([], type="array", items={"type": "string"}, description="Instead of a range: these jobs"),
        "job_ids_file": Param(
            None,
            type=["null", "string"],
            description="The same from a file in a folder for input: ids, or Seller Central's CSV report",
        ),
        "max_share": Param(
            1.0, type="number", exclusiveMinimum=0, maximum=1, description="At most this share of the rate budget, above 0 to 1"
        ),
        "dry_run": Param(False, type="boolean", description="Only tell what it would cost: windows, jobs, calls, minutes"),
    },
    **DAG_ARGS,
)
def amazon_services_backfill():
    @task(retries=0)
    def accounts(params: dict) -> list[str]:
        """Refuses bad parameters before the first call."""
        from include.extract.backfill import Backfill

        return list(Backfill.from_params(params).accounts)

    @task(map_index_template="{{ label }}", execution_timeout=timeout(BACKFILL))
    def extract(account: str, params: dict, **context) -> dict[str, float]:
        from datetime import UTC, datetime

        from amazon_services.hooks import AmazonServicesHook
        from amazon_services.personal_data import provide_key
        from include.extract import runs
        from include.extract.backfill import Backfill

        wanted = Backfill.from_params(params)
        show_label(account)
        provide_key()
        with AmazonServicesHook(account).get_client("backfill", wanted.max_share) as client:
            return runs.backfill(
                client, wanted, datetime.now(UTC), context["run_id"], lambda text: show_label(f"{account}: {text}")
            )

    extracted = extract.expand(account=accounts())
    [extracted, extracted >> load(JOBS_LOADED)] >> EmptyOperator(task_id="done")


amazon_services_backfill()
