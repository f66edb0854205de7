"""### Load appointment slots and capacity.

Reads, at the end of the data interval, the appointment slots of every store and ASIN that the published warehouse contains for
the last 90 days (or that the connection names), and the capacity of every store, and stores what has changed.
"""

from airflow.sdk import dag, task

from amazon_services.alerts import deadlines
from amazon_services.assets import AVAILABILITY_LOADED
from amazon_services.dag_parts import DAG_ARGS, hourly, interval, load
from amazon_services.hooks import AmazonServicesHook
from amazon_services.personal_data import provide_key
from amazon_services.timeouts import timeout
from include.extract.settings import connections


# the API shows only the present: two runs at the same time would read the same data
@dag(schedule=hourly(), max_active_runs=1, doc_md=__doc__, deadline=deadlines(), **DAG_ARGS)
def amazon_services_availability():
    """Wire the tasks."""

    @task(map_index_template="{{ account }}", execution_timeout=timeout("extract"))
    def extract(account: str, **context) -> dict[str, int]:
        from include.extract import runs

        context["account"] = account
        _, end = interval(context)
        provide_key()
        with AmazonServicesHook(account).get_client() as client:
            return runs.scheduled_availability(client, end, context["run_id"])

    load(extract.expand(account=connections()), AVAILABILITY_LOADED)


amazon_services_availability()
