"""The two flows as DAGs of a real Airflow: off by default, and run to their end."""

import csv
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from include.warehouse.paths import PROJECT_DIR
from tests.plugins.test_writes_in_airflow import Airflow, airflow, world  # noqa: F401
from tests.writes.test_flows import table, wanted_assignments


def run_dags(airflow: Airflow, results: Path, *runs: tuple[str, dict]) -> tuple[list[dict[str, str]], str]:  # noqa: F811
    """The states of each run's tasks, and what was said."""
    environment = airflow.environment | {"AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT_DIR / "dags")}
    wanted = json.dumps([(name, {"account": "my_shop", **conf}) for name, conf in runs])
    command = [sys.executable, str(Path(__file__).with_name("run_dags.py")), str(results), wanted]
    done = subprocess.run(command, env=environment, cwd=PROJECT_DIR, capture_output=True, text=True, timeout=300)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-3000:]
    return json.loads(results.read_text()), said


def reports(airflow: Airflow, beginning: str) -> list[list[dict]]:  # noqa: F811
    files = sorted((airflow.warehouse / "writes" / "reports").glob(f"{beginning}*.csv"), key=lambda file: file.stat().st_mtime)
    return [list(csv.DictReader(file.read_text().splitlines())) for file in files]


def test_both_flows(world, airflow, tmp_path):  # noqa: F811
    rows = [*wanted_assignments(world, 3), {"service_job_id": "nobody", "appointment_id": "nothing", "technician_id": "A1"}]
    start = (datetime.now(UTC) + timedelta(days=2)).replace(hour=7, minute=0, second=0, microsecond=0)
    times = {"start": start.isoformat(), "end": (start + timedelta(hours=2)).isoformat()}
    schedule = [{"resource_id": world.stores[1]["store_id"], **times, "capacity": 13}]
    for name in ("assign", "schedules"):
        (tmp_path / name).mkdir()
    assignments = {"file": table(tmp_path / "assign", rows)}
    schedules = {"file": table(tmp_path / "schedules", schedule), "horizon_days": 5}
    world.api.reset()
    (tried, assigned, compared, applied, removed), said = run_dags(
        airflow, tmp_path / "results.json",
        ("amazon_services_assign", assignments | {"dry_run": True}), ("amazon_services_assign", assignments),
        ("amazon_services_schedules", schedules), ("amazon_services_schedules", schedules | {"apply": True}),
        ("amazon_services_schedules", schedules | {"apply": True, "allow_removal": True}),
    )  # fmt: skip

    assert tried == {"plan": "success", "assign": "success", "check": "success"}
    # who was not refused has a technician; the run fails so that somebody looks at the one who was
    assert assigned == {"plan": "success", "assign": "success", "check": "failed"}
    rehearsed, report = reports(airflow, "assign-")
    assert [row["outcome"] for row in rehearsed] == ["dry_run"] * 4
    assert [row["outcome"] for row in report] == ["accepted"] * 3 + ["refused"]
    assert "No job exists" in report[3]["why"] and report[3]["why"] in said
    assert [one["verdict"] for one in world.api.log(operation="assignAppointmentResources")] == ["answered"] * 3

    # the difference is shown, then applied, then looked for again
    assert compared == {"difference": "success", "apply": "skipped", "check": "skipped"}
    assert applied == {"difference": "success", "apply": "success", "check": "success"}
    assert "the table has 13: set" in said
    # what is not in the table stays until its removal is allowed
    assert removed == {"difference": "success", "apply": "success", "check": "success"}
    assert [one["verdict"] for one in world.api.log(operation="updateSchedule")] == ["answered"] * 2
    shown, before, after, to_remove, in_the_end = reports(airflow, "schedules-")
    assert {row["wanted"] for row in shown} == {row["wanted"] for row in before} == {"13", ""}
    assert {row["effect"] for row in after} == {"kept"}
    assert {row["effect"] for row in to_remove} == {"removed"} and len(to_remove) > len(after)
    assert in_the_end == []
    assert world.scheduled(schedule[0]["resource_id"]) == [(start, start + timedelta(hours=2), 13)]


@pytest.mark.parametrize("name", ["amazon_services_assign", "amazon_services_schedules"])
def test_off_by_default(name):
    from airflow.dag_processing.dagbag import DagBag

    dag = DagBag(dag_folder=str(PROJECT_DIR / "dags" / f"{name}.py"), bundle_path=PROJECT_DIR / "dags").dags[name]
    assert dag.is_paused_upon_creation is True
    assert dag.timetable.can_be_scheduled is False
