"""Common parts of the DAGs: default arguments, schedules, data interval, and the task that loads packages."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import Asset, CronDataIntervalTimetable, Param, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from amazon_services.airflow_internals import show_map_index
from amazon_services.assets import WRITER_POOL
from amazon_services.personal_data import provide_key
from amazon_services.retry_policy import RETRY_POLICY
from amazon_services.timeouts import timeout
from include.extract.plan import parse_moment

DAG_ARGS: dict[str, Any] = {
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
        # for tasks without a timeout of their own
        "execution_timeout": timeout("quick"),
    },
}

# parameters of the DAGs that send the rows of a table
TABLE_PARAMS = {
    "account": Param("amazon_services_default", type="string", description="Connection id"),
    "file": Param(
        "", type="string", description="CSV, Parquet or DuckDB file in an input folder: its path, or its name in the first folder"
    ),
    "table": Param(None, type=["null", "string"], description="For a DuckDB file: schema.table"),
}


def hourly() -> CronDataIntervalTimetable | None:
    """The timetable of `SERVICES_SCHEDULE`, a cron expression in UTC; None for `none`, so that runs are started by hand.

    With a plain cron string, the data intervals of Airflow 3 are empty.
    """
    cron = os.environ.get("SERVICES_SCHEDULE", "0 * * * *").strip()
    return None if cron.lower() == "none" else CronDataIntervalTimetable(cron, timezone="UTC")


def daily() -> CronDataIntervalTimetable | None:
    """Every night; None if `hourly` is None."""
    return CronDataIntervalTimetable("15 3 * * *", timezone="UTC") if hourly() else None


def interval(context: dict) -> tuple[datetime, datetime]:
    """The time range of a run: `start` and `end` of its configuration, or its data interval.

    Args:
        context: Context of the task.

    Raises:
        ValueError: The run has no range, or its configuration is invalid.
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
    """Set the name of the running mapped task, whose `map_index_template` is `{{ label }}`, now and for its end."""
    # the `**context` of a task is a copy, which the template does not use; the key is not one of Airflow's
    get_current_context()["label"] = text  # type: ignore[typeddict-unknown-key]
    show_map_index(text)


def load(extracted, outlet: Asset) -> None:
    """Add the task that loads all finished packages into the warehouse, also if the extraction of some account failed.

    Without packages the task is skipped, so that the asset is not updated. The task `done` fails the run if any other failed.

    Args:
        extracted: The mapped task that extracts the packages.
        outlet: The asset to update.
    """

    # it has priority over builds that wait for the same slot, so that one build covers everything that was loaded
    @task(
        task_id="load", pool=WRITER_POOL, priority_weight=10, weight_rule="absolute", outlets=[outlet], trigger_rule="all_done",
        execution_timeout=timeout("load"),
    )  # fmt: skip
    def load_finished_packages(outlet_events=None) -> dict[str, int]:
        from include.warehouse import database
        from include.warehouse.loading.load import load_packages

        provide_key()
        with database.connect() as connection:
            added = load_packages(connection)
        if not added["packages"]:
            raise AirflowSkipException("There is no package to load.")
        outlet_events[outlet].extra = added
        return added

    [extracted, extracted >> load_finished_packages()] >> EmptyOperator(task_id="done")
