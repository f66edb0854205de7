"""Every DAG file: imports, promises, and nothing but wiring at import."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest

from include.warehouse.paths import PROJECT_DIR

FILES = sorted((PROJECT_DIR / "dags").glob("*.py"))
HEAVY = {"dlt", "dbt", "duckdb", "great_expectations", "pyarrow", "pandas", "numpy", "sklearn"}
# a DAG file is run after Airflow itself is there: what counts is what the file adds
PROBE = """
import json, runpy, sys
import airflow.sdk, airflow.providers.standard.operators.empty
import airflow.sdk.definitions.decorators, airflow.sdk.definitions.timetables.interval
before, touched = set(sys.modules), []
def watch(event, arguments):
    if event in ("socket.connect", "sqlite3.connect", "subprocess.Popen", "os.mkdir", "socket.getaddrinfo"):
        touched.append([event, repr(arguments)])
    elif event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        touched.append([event, repr(arguments)])
sys.addaudithook(watch)
found = runpy.run_path(sys.argv[1])
dags = [value for value in found.values() if isinstance(value, airflow.sdk.DAG)]
print(json.dumps({"new": sorted({name.partition(".")[0] for name in set(sys.modules) - before}), "touched": touched}))
"""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_importing_a_dag_file_is_cheap(file):
    # -B: the first import of anything would write its bytecode, which is Python's doing
    result = subprocess.run([sys.executable, "-B", "-c", PROBE, str(file)], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout.splitlines()[-1])
    assert not HEAVY & set(told["new"])
    assert told["touched"] == []


@pytest.fixture(scope="module")
def dags():
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=str(PROJECT_DIR / "dags"), bundle_path=PROJECT_DIR / "dags")
    assert bag.import_errors == {}
    return bag.dags


def test_the_promised_dags_are_there(dags):
    promised = {"jobs", "availability", "warehouse", "backfill", "retention"}
    assert {f"amazon_services_{name}" for name in promised} <= dags.keys()
    assert {file.stem for file in FILES} == dags.keys()


def test_manners(dags):
    for name, dag in dags.items():
        assert dag.tags and dag.doc_md, name
        assert dag.catchup is False, name
        for task in dag.tasks:
            assert task.owner == "services-warehouse", f"{name}.{task.task_id}"


def test_passing_failures_are_retried_and_final_ones_are_not(dags):
    for task in dags["amazon_services_jobs"].tasks:
        assert task.retries == 3 and task.retry_policy is not None, task.task_id
    # bad parameters do not become better
    assert dags["amazon_services_backfill"].get_task("accounts").retries == 0


def test_every_task_ends_some_time(dags):
    timeouts = {f"{name}.{task.task_id}": task.execution_timeout for name, dag in dags.items() for task in dag.tasks}
    assert all(timeouts.values()), timeouts
    # what hangs must not hold the hours after it for days; only a backfill, which holds nobody, may take as long as it needs
    backfill = timeouts.pop("amazon_services_backfill.extract")
    assert all(timedelta(minutes=5) <= timeout <= timedelta(days=1) for timeout in timeouts.values())
    # a million jobs, 20 a second, at a tenth of the rate
    assert backfill >= timedelta(hours=140)
    for name in ("jobs.extract", "availability.extract", "warehouse.build", "retention.compact"):
        assert timeouts[f"amazon_services_{name}"] >= timedelta(hours=3), name


def test_an_operator_can_give_tasks_more_time(monkeypatch):
    from amazon_services.timeouts import BACKFILL, HOURS, timeout
    from include.extract.settings import BadSetting

    monkeypatch.setenv("SERVICES_TIMEOUT_FACTOR", "2.5")
    monkeypatch.setenv("SERVICES_BACKFILL_TIMEOUT_HOURS", "1000")
    assert {kind: timeout(kind) for kind in HOURS} == {kind: timedelta(hours=hours * 2.5) for kind, hours in HOURS.items()}
    assert timeout(BACKFILL) == timedelta(hours=1000)
    for name, kind in (("SERVICES_TIMEOUT_FACTOR", "load"), ("SERVICES_BACKFILL_TIMEOUT_HOURS", BACKFILL)):
        for bad in ("soon", "0", "-1", "nan", "1e9"):
            monkeypatch.setenv(name, bad)
            with pytest.raises(BadSetting, match=name):
                timeout(kind)


def test_who_writes_takes_the_one_slot(dags):
    pools = {f"{name}.{task.task_id}": task.pool for name, dag in dags.items() for task in dag.tasks}
    writers = {task for task, pool in pools.items() if pool == "services_warehouse_writer"}
    loads = {f"amazon_services_{name}.load" for name in ("jobs", "availability", "backfill")}
    retention = {
        f"amazon_services_retention.{name}" for name in ("remove_personal_data", "drop_slot_history", "clear", "compact")
    }
    # reads the personal data, whose database has one user at a time
    assert writers == loads | retention | {"amazon_services_calendars.write"} | {
        f"amazon_services_warehouse.{name}" for name in ("build", "audit", "publish", "roll_back")
    }


def test_an_hour_is_an_interval(dags):
    from airflow.sdk import CronDataIntervalTimetable

    for name in ("amazon_services_jobs", "amazon_services_availability"):
        assert isinstance(dags[name].timetable, CronDataIntervalTimetable)


def test_the_warehouse_follows_what_was_loaded(dags):
    outlets = {
        outlet.name for name, dag in dags.items() for task in dag.tasks if task.task_id == "load" for outlet in task.outlets
    }
    listened = {asset.name for asset in dags["amazon_services_warehouse"].timetable.asset_condition.objects}
    assert listened == outlets


def test_a_run_with_a_version_goes_back_to_it_and_does_nothing_else(dags, warehouse, monkeypatch):
    from airflow.sdk.exceptions import AirflowSkipException

    from include.warehouse.publishing import versions

    asked = []
    monkeypatch.setattr(versions, "rollback", lambda published, version: asked.append(version) or published)
    tasks = {name: dags["amazon_services_warehouse"].get_task(name).python_callable for name in ("build", "roll_back")}
    for wanted in ("previous", "services-20261101T020000000000Z.duckdb"):
        tasks["roll_back"](params={"rollback": wanted})
        with pytest.raises(AirflowSkipException):
            tasks["build"](run_id="run", dag_run=None, params={"rollback": wanted})
    assert asked == [None, "services-20261101T020000000000Z.duckdb"]
    with pytest.raises(AirflowSkipException):
        tasks["roll_back"](params={"rollback": None})
