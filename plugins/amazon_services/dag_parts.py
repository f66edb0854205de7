"""What the DAGs have in common: retries, owner, tags, the schedule, a run's data interval, and the task that loads."""

import logging
import os
from datetime import UTC, datetime, timedelta

from airflow.sdk import Asset, CronDataIntervalTimetable, Param, get_current_context, task

from amazon_services.assets import WRITER_POOL
from amazon_services.retry_policy import RETRY_POLICY
from amazon_services.timeouts import timeout
from include.extract.plan import parse_moment

log = logging.getLogger(__name__)

DAG_ARGS = {
    "start_date": datetime(2026, 1, 1, tzinfo=UTC),
    "catchup": False,
    "tags": ["amazon", "services"],
    "default_args": {
        "owner": "services-warehouse",
        "retries": 3,
        "retry_delay": timedelta(seconds=30),
        "retry_exponential_backoff": 2,
        "max_retry_delay": timedelta(minutes=10),
        "retry_policy": RETRY_POLICY,
        # for tasks that do not say what kind they are
        "execution_timeout": timeout("quick"),
    },
}

# the parameters of a DAG that sends what a table holds
TABLE_PARAMS = {
    "account": Param("amazon_services_default", type="string", description="Connection id"),
    "file": Param(
        "",
        type="string",
        description="A CSV, Parquet or DuckDB file in a folder for input: its path, or its name in the first one",
    ),
    "table": Param(None, type=["null", "string"], description="For a DuckDB file: schema.table"),
}


def hourly() -> CronDataIntervalTimetable | None:
    """The timetable of the scheduled DAGs: `SERVICES_SCHEDULE`, a cron expression in UTC; `none` leaves them to be run by hand.

    A plain cron string would give every run an empty data interval.
    """
    cron = os.environ.get("SERVICES_SCHEDULE", "0 * * * *").strip()
    return None if cron.lower() == "none" else CronDataIntervalTimetable(cron, timezone="UTC")


def daily() -> CronDataIntervalTimetable | None:
    """Every night, unless the scheduled DAGs are left to be run by hand."""
    return CronDataIntervalTimetable("15 3 * * *", timezone="UTC") if hourly() else None


def weekly() -> CronDataIntervalTimetable | None:
    """Monday mornings, likewise."""
    return CronDataIntervalTimetable("0 6 * * 1", timezone="UTC") if hourly() else None


def interval(context: dict) -> tuple[datetime, datetime]:
    """The run's range: `start` and `end` of its conf, where given, else its data interval.

    :raises ValueError: neither is there, or one cannot be read.
    """
    conf = context["dag_run"].conf or {}
    start, end = context.get("data_interval_start"), context.get("data_interval_end")
    start = parse_moment(conf["start"], "start") if "start" in conf else start
    end = parse_moment(conf["end"], "end") if "end" in conf else end
    if not start or not end or end <= start:
        raise ValueError(
            f"This run has no range to read: from {start} to {end}. Give it a logical date, or a conf such as "
            '{"start": "2026-10-01T00:00:00Z", "end": "2026-10-01T01:00:00Z"}.'
        )
    return start, end


def show_label(text: str) -> None:
    """Name the running mapped task, at once: Airflow itself renders `map_index_template`, here `{{ label }}`, only at the end."""
    from airflow.sdk.execution_time import task_runner
    from airflow.sdk.execution_time.comms import SetRenderedMapIndex

    # the context that a task takes as `**context` is a copy, which the template does not see
    get_current_context()["label"] = text
    try:
        task_runner.SUPERVISOR_COMMS.send(SetRenderedMapIndex(rendered_map_index=text))
    except Exception as error:
        # a name is no reason to fail
        log.warning("The task's name cannot be shown: %s", error)


def load(outlet: Asset):
    """The task that merges every finished package into the warehouse, also when some account could not be read.

    It is skipped where there was none: nothing has changed, and nobody is told that it had.
    """

    # before a build that waits for the same slot: one build then serves all that was loaded
    @task(
        task_id="load", pool=WRITER_POOL, priority_weight=10, weight_rule="absolute", outlets=[outlet], trigger_rule="all_done",
        execution_timeout=timeout("load"),
    )  # fmt: skip
    def load_packages(outlet_events) -> dict[str, int]:
        from airflow.sdk.exceptions import AirflowSkipException

        from amazon_services.personal_data import provide_key
        from include.warehouse import database
        from include.warehouse.loading.load import load_packages

        provide_key()
        with database.connect() as connection:
            added = load_packages(connection)
        if not added["packages"]:
            raise AirflowSkipException("There is no package to load.")
        outlet_events[outlet].extra = added
        return added

    return load_packages()
