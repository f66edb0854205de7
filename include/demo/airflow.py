"""The calls of Airflow's REST API that the demonstration makes."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import requests

from include.demo.place import AIRFLOW_HOME, NotPossible

ENDED = ("success", "failed", "skipped")


class Airflow:
    """A running Airflow on a port of loopback."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.passwords = AIRFLOW_HOME / "simple_auth_manager_passwords.json.generated"
        self._session = requests.Session()
        # requests stay on loopback: a proxy in the environment is ignored
        self._session.trust_env = False

    def is_ready(self, dags: set[str]) -> bool:
        """Whether the server responds, the scheduler is healthy, and all of `dags` were parsed."""
        try:
            health = self._session.get(f"{self.url}/api/v2/monitor/health", timeout=10).json()
            if health["scheduler"]["status"] != "healthy":
                return False
            if "Authorization" not in self._session.headers:
                self._log_in()
            return dags <= {dag["dag_id"] for dag in self.get("/dags")["dags"]}
        except (requests.RequestException, OSError, KeyError, ValueError):
            return False

    def _log_in(self) -> None:
        credentials = {"username": "admin", "password": json.loads(self.passwords.read_text())["admin"]}
        response = self._session.post(f"{self.url}/auth/token", json=credentials, timeout=10)
        response.raise_for_status()
        self._session.headers["Authorization"] = f"Bearer {response.json()['access_token']}"

    def get(self, path: str, **query: Any) -> dict:
        """Send a GET request below `/api/v2`."""
        return self._call("GET", path, params=query)

    def post(self, path: str, body: dict) -> dict:
        """Send a POST request below `/api/v2`."""
        return self._call("POST", path, json=body)

    def _call(self, method: str, path: str, **arguments: Any) -> dict:
        response = self._session.request(method, f"{self.url}/api/v2{path}", timeout=30, **arguments)
        response.raise_for_status()
        return response.json()

    def ensure_pool(self, name: str, slots: int, description: str) -> None:
        """Create a pool, unless it exists."""
        if name not in {pool["name"] for pool in self.get("/pools")["pools"]}:
            self.post("/pools", {"name": name, "slots": slots, "description": description})

    def trigger(self, dag: str, *, conf: dict | None = None, interval: tuple[datetime, datetime] | None = None) -> str:
        """Start a run, for a data interval if one is given, and return its id."""
        body: dict = {"logical_date": datetime.now(UTC).isoformat(), "conf": conf or {}}
        if interval:
            body |= {"data_interval_start": interval[0].isoformat(), "data_interval_end": interval[1].isoformat()}
        return self.post(f"/dags/{dag}/dagRuns", body)["dag_run_id"]

    def runs(self, dag: str) -> list[dict]:
        """The runs of a DAG, the newest first."""
        return self.get(f"/dags/{dag}/dagRuns", order_by="-start_date", limit=100)["dag_runs"]

    def tasks(self, dag: str, run_id: str) -> list[dict]:
        """The task instances of a run."""
        return self.get(f"/dags/{dag}/dagRuns/{run_id}/taskInstances", limit=100)["task_instances"]

    def failure(self, dag: str, run_id: str) -> str:
        """A message that names the failed tasks of a run and the folder of their logs."""
        failed = [task["task_id"] for task in self.tasks(dag, run_id) if task["state"] == "failed"]
        logs = AIRFLOW_HOME / "logs" / f"dag_id={dag}" / f"run_id={run_id}"
        return f"{dag}: {', '.join(failed) or 'the run'} failed; its log is in {logs}"

    def await_runs(self, run_ids: dict[str, str], say: Callable[[str], None]) -> None:
        """Wait until runs have ended, and report the states of their tasks.

        Args:
            run_ids: The ids of the runs, by DAG.
            say: Prints a line.

        Raises:
            NotPossible: A run failed.
        """
        reported: dict[tuple[str, str, int], str] = {}
        while True:
            states = {dag: self.get(f"/dags/{dag}/dagRuns/{run_id}")["state"] for dag, run_id in run_ids.items()}
            for dag, run_id in run_ids.items():
                for task in self.tasks(dag, run_id):
                    key = (dag, task["task_id"], task["map_index"])
                    if task["state"] in ("running", *ENDED) and reported.get(key) != task["state"]:
                        reported[key] = task["state"]
                        say(f"{dag}.{task['task_id']}: {task['state']}")
                if states[dag] == "failed":
                    raise NotPossible(self.failure(dag, run_id))
            if all(state == "success" for state in states.values()):
                return
            time.sleep(1)

    def await_asset_run(self, dag: str, loaded: dict[str, str], say: Callable[[str], None]) -> None:
        """Wait until the run that was triggered by the `load` tasks of other runs has ended, and no other one is queued.

        A `load` is skipped, and triggers no run, if another one has loaded its packages already.

        Args:
            dag: The DAG that assets trigger.
            loaded: The ids of the runs with a `load` task, by DAG.
            say: Prints a line.

        Raises:
            NotPossible: The run failed.
        """
        loads = [task for item in loaded.items() for task in self.tasks(*item) if task["task_id"] == "load"]
        ends = [datetime.fromisoformat(load["end_date"]) for load in loads if load["state"] == "success"]
        if not ends:
            return
        loaded_at = max(ends)
        while True:
            runs = self.runs(dag)
            fresh = [run for run in runs if run["queued_at"] and datetime.fromisoformat(run["queued_at"]) >= loaded_at]
            if fresh:
                self.await_runs({dag: fresh[0]["dag_run_id"]}, say)
                if all(run["state"] in ENDED for run in self.runs(dag)):
                    return
            time.sleep(1)
