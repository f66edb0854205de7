"""An Airflow in which DAGs run to their end without a scheduler."""

import json
import os
import subprocess
import sys
from pathlib import Path

from include.warehouse.paths import PROJECT_DIR

AIRFLOW = Path(sys.executable).with_name("airflow")


class Home:
    """An Airflow home of its own, in which DAGs run to their end without a scheduler."""

    def __init__(self, folder: Path, warehouse: Path, api_url: str, **settings: str) -> None:
        extra = {"refresh_token": "Atzr|token", "marketplace_ids": ["ATVPDKIKX0DER"], "endpoint": api_url,
                 "token_url": f"{api_url}/auth/o2/token"}  # fmt: skip
        connection = {"conn_type": "amazon_services", "login": "client", "password": "secret", "extra": extra}
        settings = {
            "AIRFLOW_HOME": folder,
            "AIRFLOW__CORE__DAGS_FOLDER": PROJECT_DIR / "dags",
            "AIRFLOW__CORE__PLUGINS_FOLDER": PROJECT_DIR / "plugins",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder / 'airflow.db'}?timeout=60",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "DEBUG",
            "AIRFLOW_CONN_AMAZON_SERVICES_DEFAULT": json.dumps(connection),
            "PYTHONPATH": f"{PROJECT_DIR}{os.pathsep}{PROJECT_DIR / 'plugins'}",
            "SERVICES_WAREHOUSE_DIR": warehouse,
        } | settings
        self.folder = folder
        self.environment = os.environ | {name: str(value) for name, value in settings.items()}
        self("db", "migrate")
        self("pools", "set", "services_warehouse_writer", "1", "one writer")

    def __call__(self, *arguments: str, fails: bool = False) -> str:
        outcome = subprocess.run(
            [AIRFLOW, *arguments], env=self.environment, capture_output=True, text=True, timeout=600, check=False
        )
        # what a task prints here is in its log in a deployment
        with (self.folder / "printed.log").open("a") as log:
            log.write(outcome.stdout + outcome.stderr)
        printed = outcome.stdout + outcome.stderr
        assert (outcome.returncode != 0) is fails, printed[-3000:]
        return printed

    def run(self, dag: str, *, fails: bool = False, **conf: object) -> str:
        return self("dags", "test", f"amazon_services_{dag}", "--conf", json.dumps(conf), fails=fails)
