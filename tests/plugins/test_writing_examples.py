"""The examples of docs/writing.md are DAG code that works."""

import re

from airflow.sdk import DAG

from include.warehouse.paths import PROJECT_DIR


def test_every_example_makes_its_tasks():
    text = (PROJECT_DIR / "docs" / "writing.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names = {"job": "j", "another_job": "k", "appointment": "a", "store": "s"}
    with DAG("examples", schedule=None) as dag:
        for block in blocks:
            exec(block, names)
    shown = set(re.findall(r"AmazonServices\w+(?:Operator|Sensor)", blocks[0]))
    used = {type(task).__name__ for task in dag.tasks} | {getattr(task, "task_type", "") for task in dag.tasks}
    assert shown - used == {"AmazonServicesUpdateReservationOperator"}
