"""### Load service jobs hourly.

Reads the jobs that were updated in the data interval, with appointments, technicians, proofs of appointment, items and
payments, with one task for each account, and loads them into `raw`.

If one account fails, the others are loaded and the run fails; clear the failed task to complete the hour.
"""

from airflow.sdk import dag, task

from amazon_services.alerts import deadlines
from amazon_services.assets import JOBS_LOADED
from amazon_services.dag_parts import DAG_ARGS, hourly, interval, load
from amazon_services.hooks import AmazonServicesHook
from amazon_services.personal_data import provide_key
from amazon_services.timeouts import timeout
from include.extract.settings import connections


@dag(schedule=hourly(), max_active_runs=4, doc_md=__doc__, deadline=deadlines(), **DAG_ARGS)
def amazon_services_jobs():
    """Wire the tasks."""

    @task(map_index_template="{{ account }}", execution_timeout=timeout("extract"))
    def extract(account: str, **context) -> dict[str, int]:
        from include.extract import runs

        context["account"] = account
        start, end = interval(context)
        provide_key()
        with AmazonServicesHook(account).get_client() as client:
            return runs.scheduled_jobs(client, start, end, context["run_id"])

    load(extract.expand(account=connections()), JOBS_LOADED)


amazon_services_jobs()
