"""Runs DAGs of the project to their end, one after the other in one process: `run_dags.py RESULTS '[[dag id, conf], ...]'`."""

import json
import sys
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag

from include.warehouse.paths import PROJECT_DIR

if __name__ == "__main__":
    results = []
    for name, conf in json.loads(sys.argv[2]):
        # read anew: a run leaves its conf in the params of the DAG that it ran
        bag = DagBag(dag_folder=str(PROJECT_DIR / "dags" / f"{name}.py"), bundle_path=PROJECT_DIR / "dags")
        run = bag.dags[name].test(run_conf=conf)
        results.append({one.task_id: one.state for one in run.get_task_instances()})
    Path(sys.argv[1]).write_text(json.dumps(results))
