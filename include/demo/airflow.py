"""The few calls of Airflow's REST API that the demonstration makes."""

import json
import time
from datetime import UTC, datetime

import requests

from include.demo.place import AIRFLOW_HOME, NotPossible

ENDED = ("success", "failed", "skipped")


class Airflow:
    """A running Airflow on a port of loopback."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.passwords = AIRFLOW_HOME / "simple_auth_manager_passwords.json.generated"
        self._session = requests.Session()
        # loopback only: a proxy of the environment has no business here
        self._session.trust_env = False

    def is_ready(self, dags: set[str]) -> bool:
        """Whether the server answers, the scheduler lives, and the DAGs are known."""
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
        answer = self._session.post(f"{self.url}/auth/token", json=credentials, timeout=10)
        answer.raise_for_status()
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def get(self, path: str, **query: object) -> dict:
        return self._call("GET", path, params=query)

    def post(self, path: str, body: dict) -> dict:
        return self._call("POST", path, json=body)

    def _call(self, method: str, path: str, **arguments: object) -> dict:
        answer = self._session.request(method, f"{self.url}/api/v2{path}", timeout=30, **arguments)
        answer.raise_for_status()
        return answer.json()

    def ensure_pool(self, name: str, slots: int, description: str) -> None:
        known = {pool["name"] for pool in self.get("/pools")["pools"]}
        if name not in known:
            self.post("/pools", {"name": name, "slots": slots, "description": description})

    def trigger(self, dag: str, *, conf: dict | None = None, interval: tuple[datetime, datetime] | None = None) -> str:
        """Start a run; returns its id."""
        body: dict = {"logical_date": datetime.now(UTC).isoformat(), "conf": conf or {}}
        if interval:
            body |= {"data_interval_start": interval[0].isoformat(), "data_interval_end": interval[1].isoformat()}
        return self.post(f"/dags/{dag}/dagRuns", body)["dag_run_id"]

    def run(self, dag: str, run_id: str) -> dict:
        return self.get(f"/dags/{dag}/dagRuns/{run_id}")

    def runs(self, dag: str) -> list[dict]:
        return self.get(f"/dags/{dag}/dagRuns", order_by="-start_date", limit=100)["dag_runs"]

    def tasks(self, dag: str, run_id: str) -> list[dict]:
        return self.get(f"/dags/{dag}/dagRuns/{run_id}/taskInstances", limit=100)["task_instances"]

    def failure(self, dag: str, run_id: str) -> str:
        failed = [task["task_id"] for task in self.tasks(dag, run_id) if task["state"] == "failed"]
        logs = AIRFLOW_HOME / "logs" / f"dag_id={dag}" / f"run_id={run_id}"
        return f"{dag}: {', '.join(failed) or 'the run'} failed; its log is in {logs}"

    def await_runs(self, wanted: dict[str, str], say) -> None:
        """Wait for runs (dag id -> run id), telling the changes of their tasks.

        :raises NotPossible: one failed.
        """
        told: dict[tuple[str, str, int], str] = {}
        while True:
            states = {dag: self.run(dag, run_id)["state"] for dag, run_id in wanted.items()}
            for dag, run_id in wanted.items():
                for task in self.tasks(dag, run_id):
                    key = (dag, task["task_id"], task["map_index"])
                    if task["state"] in ("running", *ENDED) and told.get(key) != task["state"]:
                        told[key] = task["state"]
                        say(f"{dag}.{task['task_id']}: {task['state']}")
                if states[dag] == "failed":
                    raise NotPossible(self.failure(dag, run_id))
            if all(state == "success" for state in states.values()):
                return
            time.sleep(1)

    def await_asset_run(self, dag: str, loaded: dict[str, str], say) -> None:
        """Wait until the run that these runs' `load` tasks set off has ended, and no other is on its way.

        A `load` is skipped, and sets nothing off, where another one has loaded its packages already.

        :raises NotPossible: it failed.
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
