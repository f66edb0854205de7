"""A whole Airflow beside the tests: its own home, its own SQLite database, its own processes."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.processes import free_port, server

AIRFLOW = Path(sys.executable).with_name("airflow")


@dataclass(frozen=True)
class Airflow:
    url: str
    folder: Path

    def api(self, method: str, path: str, body: dict | None = None) -> dict:
        answer = requests.request(method, f"{self.url}/api/v2/{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def logged(self) -> str:
        """Everything that any process or task has written."""
        files = [self.folder / "standalone.log", *(self.folder / "logs").rglob("*.log")]
        return "".join(file.read_text(errors="replace") for file in files)


@contextmanager
def standalone(folder: Path, dag: str) -> Iterator[Airflow]:
    """`airflow standalone` at DEBUG with one DAG file, whoever asks is its admin; its connections can be tested."""
    (folder / "dags").mkdir()
    (folder / "dags" / "probe.py").write_text(dag)
    port = free_port()
    settings = {
        "API__HOST": "127.0.0.1",
        "API__PORT": port,
        "API__WORKERS": 1,
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": False,
        "CORE__DAGS_FOLDER": folder / "dags",
        "CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "CORE__EXECUTOR": "amazon_services.executors.LocalExecutor",
        "CORE__LOAD_EXAMPLES": False,
        "CORE__PARALLELISM": 2,
        "CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": True,
        "CORE__TEST_CONNECTION": "Enabled",
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder / 'airflow.db'}?timeout=60",
        "LOGGING__LOGGING_LEVEL": "DEBUG",
    }
    environment = {f"AIRFLOW__{name}": str(value) for name, value in settings.items()} | {
        "AIRFLOW_HOME": str(folder),
        "SERVICES_WAREHOUSE_DIR": str(folder / "warehouse"),
        # `airflow standalone` starts `airflow` from PATH
        "PATH": f"{AIRFLOW.parent}{os.pathsep}{os.environ['PATH']}",
    }
    airflow = Airflow(f"http://127.0.0.1:{port}", folder)
    with server([AIRFLOW, "standalone"], os.environ | environment, folder / "standalone.log", lambda: _is_ready(airflow)):
        yield airflow


def _is_ready(airflow: Airflow) -> bool:
    try:
        healthy = airflow.api("GET", "monitor/health")["scheduler"]["status"] == "healthy"
        return healthy and airflow.api("GET", "dags")["total_entries"] == 1
    except requests.RequestException:
        return False
