"""### Calendars and tables for technicians.

Runs after each publication, once it is unpaused. For each technician who has stops from today to seven days ahead, it writes an
iCalendar file and a CSV file into `SERVICES_CALENDAR_DIR` (default `calendars/` of the warehouse), and removes the files of all
others. Files whose content has not changed stay as they are. `python -m include.dispatch calendar` does the same.

Names and addresses of buyers are in the files only with `SERVICES_PERSONAL_DATA=keep`, in plain text: see
`docs/personal-data.md` before you unpause this DAG.
"""

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowSkipException

from amazon_services.assets import WAREHOUSE_PUBLISHED, WRITER_POOL
from amazon_services.dag_parts import DAG_ARGS
from amazon_services.personal_data import provide_key


# in the pool, because one process at a time opens the database of personal data
@task(pool=WRITER_POOL)
def write() -> str:
    """Write the files of all technicians."""
    from include.dispatch import folder
    from include.dispatch.stops import NoSchedule

    provide_key()
    try:
        return folder.write().sentence
    except NoSchedule as error:
        raise AirflowSkipException(str(error)) from error


@dag(schedule=[WAREHOUSE_PUBLISHED], max_active_runs=1, is_paused_upon_creation=True, doc_md=__doc__, **DAG_ARGS)
def amazon_services_calendars():
    """Wire the task."""
    write()


amazon_services_calendars()
