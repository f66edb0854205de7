"""### Service jobs, hour by hour

Reads the jobs that were updated in the data interval, with appointments, technicians, proofs of appointment, items and
payments, one task an account, and loads them into `raw`.

An account that fails does not hold the others; its run fails, and running it again finishes the hour.
"""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import dag, task

from amazon_services.alerts import deadlines
from amazon_services.assets import JOBS_LOADED
from amazon_services.dag_parts import DAG_ARGS, hourly, interval, load
from amazon_services.timeouts import timeout
from include.extract.settings import connections


@dag(schedule=hourly(), max_active_runs=4, doc_md=__doc__, deadline=deadlines(), **DAG_ARGS)
def amazon_services_jobs():
    @task(map_index_template="{{ account }}", execution_timeout=timeout("extract"))
    def extract(account: str, **context) -> dict[str, int]:
        from amazon_services.hooks import AmazonServicesHook
        from amazon_services.personal_data import provide_key
        from include.extract import runs

        context["account"] = account
        start, end = interval(context)
        provide_key()
        with AmazonServicesHook(account).get_client() as client:
            return runs.scheduled_jobs(client, start, end, context["run_id"])

    extracted = extract.expand(account=connections())
    # what was read is loaded although an account failed; `done` fails the run then
    [extracted, extracted >> load(JOBS_LOADED)] >> EmptyOperator(task_id="done")


amazon_services_jobs()
