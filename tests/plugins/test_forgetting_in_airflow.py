"""A buyer is forgotten by id, in each way in which a run can be started: then no file of Airflow's home holds the id any more."""

import json
import os
import sqlite3
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from include.extract.privacy import BuyerKeys
from include.warehouse import database, paths
from include.warehouse.paths import PROJECT_DIR
from tests.end_to_end.airflow_home import Home
from tests.plugins.airflow_home import AIRFLOW, Airflow, standalone
from tests.processes import wait_for

pytestmark = pytest.mark.soak
HASH_KEY = "a hash key of 16 characters or more"
RETENTION = "amazon_services_retention"


@pytest.fixture
def buyer_id() -> str:
    return f"A1{uuid.uuid4().hex[:14].upper()}"


@pytest.fixture(scope="module")
def airflow(tmp_path_factory):
    folder = tmp_path_factory.mktemp("airflow")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AIRFLOW__CORE__PLUGINS_FOLDER", str(PROJECT_DIR / "plugins"))
        environment.setenv("PYTHONPATH", f"{PROJECT_DIR}{os.pathsep}{PROJECT_DIR / 'plugins'}")
        environment.setenv("SERVICES_BUYER_HASH_KEY", HASH_KEY)
        environment.setenv("SERVICES_SCHEDULE", "none")
        environment.setenv("SERVICES_WAREHOUSE_DIR", str(folder / "warehouse"))
        with standalone(folder, (PROJECT_DIR / "dags" / f"{RETENTION}.py").read_text()) as airflow:
            airflow.api("PATCH", f"dags/{RETENTION}", {"is_paused": False})
            airflow.api("POST", "pools", {"name": "services_warehouse_writer", "slots": 1})
            yield airflow


def environment_of(airflow: Airflow) -> dict[str, str]:
    settings = {
        "AIRFLOW_HOME": str(airflow.folder),
        "AIRFLOW__CORE__DAGS_FOLDER": str(airflow.folder / "dags"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{airflow.folder / 'airflow.db'}?timeout=60",
    }
    return os.environ | settings


def run(airflow: Airflow, *command: object, given: str = "") -> str:
    done = subprocess.run(
        [*map(str, command)], env=environment_of(airflow), input=given, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def by_rest(airflow: Airflow, conf: dict) -> str:
    return airflow.api("POST", f"dags/{RETENTION}/dagRuns", {"logical_date": None, "conf": conf, "note": json.dumps(conf)})[
        "dag_run_id"
    ]


def by_command(airflow: Airflow, conf: dict) -> str:
    run_id = f"manual__{uuid.uuid4().hex}"
    run(airflow, AIRFLOW, "dags", "trigger", RETENTION, "--run-id", run_id, "--conf", json.dumps(conf))
    return run_id


def rows_with(home: Path, text: str) -> list[str]:
    """Statements that would make the rows of Airflow's database that hold a text."""
    with sqlite3.connect(home / "airflow.db", timeout=60) as connection:
        return [line[:300] for line in connection.iterdump() if text in line]


def files_with(home: Path, text: str) -> list[str]:
    return [file.name for file in home.rglob("*") if file.is_file() and text.encode() in file.read_bytes()]


def forgotten() -> list[str]:
    with database.connect(paths.build_database(), read_only=True) as connection:
        return [key for (key,) in connection.execute("select buyer_key from audit.forgotten_buyers").fetchall()]


@pytest.mark.parametrize("start", [by_rest, by_command])
def test_by_id(airflow: Airflow, buyer_id: str, start):
    run_id = start(airflow, {"buyer_id": buyer_id})
    place = f"dags/{RETENTION}/dagRuns/{run_id}"
    wait_for(lambda: airflow.api("GET", place)["state"] in ("success", "failed"), airflow.logged, seconds=300)
    done = airflow.api("GET", place)
    key = BuyerKeys(HASH_KEY).key(buyer_id)
    assert (done["state"], done["conf"]) == ("success", {"buyer_key": key})
    assert key in forgotten()
    assert rows_with(airflow.folder, buyer_id) == []
    assert buyer_id not in airflow.logged()
    # overwritten pages are left to the command
    for _ in range(2):
        cleaned = run(airflow, sys.executable, "-m", "amazon_services.run_traces", given=f"{buyer_id}\n").splitlines()[-1]
        assert cleaned == "{}"
    assert files_with(airflow.folder, buyer_id) == []


def test_by_key_the_id_never_comes_near(airflow: Airflow, buyer_id: str):
    key = run(airflow, sys.executable, "-m", "include.extract.buyer_key", given=f"{buyer_id}\n").strip()
    assert key == BuyerKeys(HASH_KEY).key(buyer_id)
    place = f"dags/{RETENTION}/dagRuns/{by_command(airflow, {'buyer_key': key})}"
    wait_for(lambda: airflow.api("GET", place)["state"] in ("success", "failed"), airflow.logged, seconds=300)
    assert airflow.api("GET", place)["state"] == "success"
    assert key in forgotten()
    assert files_with(airflow.folder, buyer_id) == []


def test_a_trigger_that_was_refused_is_cleaned_by_hand(airflow: Airflow, buyer_id: str):
    with pytest.raises(Exception, match="400"):
        airflow.api("POST", f"dags/{RETENTION}/dagRuns", {"logical_date": None, "conf": {"buyer_key": [buyer_id]}})
    assert rows_with(airflow.folder, buyer_id)
    cleaned = run(airflow, sys.executable, "-m", "amazon_services.run_traces", given=buyer_id).splitlines()[-1]
    assert json.loads(cleaned)["log.extra"] >= 1
    assert files_with(airflow.folder, buyer_id) == []


def test_dags_test(warehouse, tmp_path, buyer_id):
    folder = tmp_path / "airflow"
    folder.mkdir()
    # at DEBUG, Airflow prints a task's parameters to whoever started it
    home = Home(folder, warehouse, "http://127.0.0.1:1", SERVICES_BUYER_HASH_KEY=HASH_KEY, AIRFLOW__LOGGING__LOGGING_LEVEL="INFO")
    printed = home.run("retention", buyer_id=buyer_id)
    assert buyer_id not in printed
    assert BuyerKeys(HASH_KEY).key(buyer_id) in forgotten()
    assert rows_with(folder, buyer_id) == []
    clean = [sys.executable, "-m", "amazon_services.run_traces"]
    subprocess.run(clean, env=home.environment, input=buyer_id, capture_output=True, text=True, timeout=300, check=True)
    assert files_with(folder, buyer_id) == []
