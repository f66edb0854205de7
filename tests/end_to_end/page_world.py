"""A small published world, and an Airflow API server that shows it: for the tests of the page."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import requests

from include import quality
from include.extract import privacy, runs
from include.extract.backfill import Backfill
from include.services_api import ServicesClient
from include.warehouse import database, paths
from include.warehouse.building.transform import build_models
from include.warehouse.loading.load import load_packages
from include.warehouse.publishing.publish import publish
from tests.local_api import MARKETPLACES, local_api
from tests.processes import answers, free_port, server

NOW = datetime(2026, 11, 3, 12, 58, tzinfo=UTC)
OPTIONS = (
    "--seed", "5", "--days", "40", "--now", NOW.isoformat(), "--frozen", "--limits", "off", "--marketplaces", "US,CA",
    "--jobs-per-day", "20",
)  # fmt: skip
AIRFLOW = Path(sys.executable).with_name("airflow")
PASSWORD = "a password of the tests"
JOB_URL = "https://seller.example/jobs/{service_job_id}"


@contextmanager
def published_world(folder: Path) -> Iterator[Path]:
    """Load 40 days and an hour ahead into a warehouse in `folder`, and publish it."""
    with pytest.MonkeyPatch.context() as environment, local_api(*OPTIONS) as api:
        environment.setenv("SERVICES_WAREHOUSE_DIR", str(folder))
        privacy.buyer_keys.cache_clear()
        end = NOW + timedelta(minutes=2)
        past = {"start": (NOW - timedelta(days=41)).isoformat(), "end": (end - timedelta(hours=1)).isoformat()}
        with ServicesClient(api.account(marketplace_ids=MARKETPLACES)) as client:
            runs.backfill(client, Backfill.from_params(past), NOW, "backfill")
            runs.scheduled_jobs(client, end - timedelta(hours=1), end, "hour")
            # whose slots and capacity are asked for is read from what was published
            build_and_publish("jobs")
            name_stores()
            runs.scheduled_availability(client, end, "hour")
        build_and_publish("world", lambda: quality.gate(paths.build_database(), paths.data_docs_dir(), run_id="world"))
        yield paths.published_database()
        privacy.buyer_keys.cache_clear()


def build_and_publish(run_id: str, audit: Callable[[], object] = lambda: None) -> None:
    with database.connect() as connection:
        load_packages(connection)
    build_models()
    audit()
    publish(paths.build_database(), paths.published_database(), run_id=run_id)


def name_stores() -> None:
    """Write a stores file with a name and a manager for each store but the last, which stays without a line."""
    with database.connect(paths.published_database(), read_only=True) as connection:
        rows = connection.execute("select distinct marketplace_id, store_id from marts.dim_store order by all").fetchall()
    lines = [
        f"{marketplace},{store},Store {number},Manager {number % 3}" for number, (marketplace, store) in enumerate(rows[:-1])
    ]
    paths.stores_file().write_text("\n".join(["marketplace_id,store_id,store_name,manager", *lines, ""]))


@dataclass(frozen=True)
class Server:
    url: str

    def login(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        credentials = {"username": "admin", "password": PASSWORD}
        answer = session.post(f"{self.url}/auth/token", json=credentials, timeout=30)
        answer.raise_for_status()
        session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return session


@contextmanager
def api_server(folder: Path, warehouse: Path) -> Iterator[Server]:
    """Airflow's own web server, with a login, and nothing of its own but our plugins."""
    port = free_port()
    passwords = folder / "passwords.json"
    passwords.write_text(f'{{"admin": "{PASSWORD}"}}')
    settings = {
        "API__HOST": "127.0.0.1",
        "API__PORT": port,
        "API__WORKERS": 1,
        "CORE__DAGS_FOLDER": paths.PROJECT_DIR / "dags",
        "CORE__PLUGINS_FOLDER": paths.PROJECT_DIR / "plugins",
        "CORE__LOAD_EXAMPLES": False,
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": passwords,
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder / 'airflow.db'}",
    }
    environment = os.environ | {f"AIRFLOW__{name}": str(value) for name, value in settings.items()}
    environment |= {"AIRFLOW_HOME": str(folder), "SERVICES_WAREHOUSE_DIR": str(warehouse), "SERVICES_JOB_URL": JOB_URL}
    subprocess.run([AIRFLOW, "db", "migrate"], env=environment, check=True, capture_output=True)
    url = f"http://127.0.0.1:{port}"
    is_ready = partial(answers, f"{url}/api/v2/version")
    with server([AIRFLOW, "api-server"], environment, folder / "server.log", is_ready):
        yield Server(url)
