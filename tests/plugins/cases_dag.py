"""A DAG of one task a case, which a test writes down as JSON; run as a script, it runs the DAG and tells what became of it.

Each task, before its first try, puts its own fault into the local API, and the requests of the task before it aside.
"""

import importlib
import json
import os
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import requests
from airflow.sdk import DAG

FOLDER = Path(__file__).parent
CASES = json.loads((FOLDER / "cases.json").read_text())
API = os.environ["LOCAL_API"]
seen, logs = [], {}


def put_aside() -> None:
    if seen:
        logs[seen[-1]] = requests.get(f"{API}/_sandbox/log", timeout=60).json()["requests"]


def clear() -> None:
    """Remove what a case left in the local API: a fault that it did not use up would hit whatever comes next."""
    for name in ("faults", "log"):
        requests.delete(f"{API}/_sandbox/{name}", timeout=60)


def before(case: dict):
    def prepare(context) -> None:
        if case["name"] in seen:
            return
        put_aside()
        seen.append(case["name"])
        clear()
        if case.get("fault"):
            requests.post(f"{API}/_sandbox/faults", json=[case["fault"]], timeout=60).raise_for_status()
        if case.get("meanwhile"):
            threading.Timer(1.5, lambda: requests.request(**case["meanwhile"], timeout=60).raise_for_status()).start()

    return prepare


with DAG("cases", schedule=None, default_args={"retries": 1, "retry_delay": timedelta(seconds=0)}) as dag:
    for case in CASES:
        module, _, name = case["operator"].rpartition(".")
        make = getattr(importlib.import_module(module), name)
        common = {"task_id": case["name"], "amazon_services_conn_id": "my_shop", "pre_execute": before(case)}
        make(**common, **case["fields"])

if __name__ == "__main__":
    moment = datetime.fromisoformat(sys.argv[1])
    # by which the run has its id: the same moment again is the same run again
    run = dag.test(run_after=moment, logical_date=moment)
    put_aside()
    clear()
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session

    with create_session() as session:
        found = XComModel.get_many(run_id=run.run_id, dag_ids="cases", key="return_value")
        pushed = {one.task_id: one.value for one in session.execute(found).scalars()}
    results = {
        one.task_id: {"state": one.state, "tries": one.try_number, "log": logs[one.task_id], "pushed": pushed.get(one.task_id)}
        for one in run.get_task_instances()
    }
    (FOLDER / "results.json").write_text(json.dumps(results, default=str))
