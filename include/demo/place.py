"""The folders, ports and environment of the demonstration."""

import json
import os
import shutil
import socket
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from include.demo import belongings
from include.demo.belongings import NotPossible
from include.extract.settings import settle_lag
from include.warehouse import paths

AIRFLOW_HOME = Path(os.environ.get("DEMO_AIRFLOW_HOME") or paths.PROJECT_DIR / ".airflow").absolute()
# of history: two periods of four weeks that can be compared, and the time in which the first orders lead to appointments
DAYS = 70
ACCOUNT = "amazon_services_default"
MARKETPLACES = {"US": "ATVPDKIKX0DER", "CA": "A2EUQ1WTGCTBG2"}
# the countries of the stores in turn: four stores in the United States, each in a time zone of its own, and two in Canada
COUNTRIES = ("US", "US", "CA")
SEED = 7
STORES = 6
JOBS_PER_DAY = 50
FREE_DISK = 1_000_000_000


def moment() -> datetime:
    """The instant at which the demonstration's world stands still. The first run sets it, later runs keep it.

    It is a full hour minus the settle lag, so that the last hourly window ends exactly there.
    """
    if now := belongings.begun():
        return now
    belongings.check_warehouse()
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - settle_lag()
    belongings.claim_warehouse(now)
    return now


def forget_airflow_database() -> None:
    """Remove the database of the demonstration's Airflow."""
    belongings.claim_home(AIRFLOW_HOME)
    for file in AIRFLOW_HOME.glob("airflow.db*"):  # with SQLite's journal
        file.unlink()


def clean() -> list[str]:
    """Remove what the demonstration wrote, and nothing else; returns messages for the user.

    Raises:
        NotPossible: A folder may contain other files, and was not changed.
    """
    return [*belongings.remove_home(AIRFLOW_HOME), *belongings.remove_warehouse()]


def check() -> None:
    """Check what every later step needs.

    Raises:
        NotPossible: The disk is nearly full.
    """
    for folder in (paths.PROJECT_DIR, paths.warehouse_dir()):
        free = shutil.disk_usage(folder).free
        if free < FREE_DISK:
            raise NotPossible(f"The disk is nearly full: {free / 1e9:.1f} GB free in {folder}, 1 GB needed.")


def port(variable: str, default: int | None = None) -> int:
    """The port in an environment variable; otherwise the default, or any free one.

    Raises:
        NotPossible: The port is in use, or the variable is not a port.
    """
    text = os.environ.get(variable, "")
    if text and not (text.isdecimal() and 0 < int(text) < 65536):
        raise NotPossible(f"{variable} should be a port number, but is {text!r}.")
    number = int(text or default or 0)
    try:
        with socket.create_server(("127.0.0.1", number)) as probe:
            return probe.getsockname()[1]
    except OSError:
        raise NotPossible(f"Port {number} is in use. Choose a free one, e.g. {variable}={number + 1} make up") from None


def environment(airflow_port: int, api_url: str) -> dict[str, str]:
    """The environment of every process of the demonstration's Airflow; all servers bind to loopback."""
    project = {
        "AIRFLOW_HOME": AIRFLOW_HOME,
        "AIRFLOW_CONN_AMAZON_SERVICES_DEFAULT": json.dumps(connection(api_url)),
        "SERVICES_CONNECTIONS": ACCOUNT,
        "SERVICES_WAREHOUSE_DIR": paths.warehouse_dir(),
        # the world stands still, so the demonstration triggers each run
        "SERVICES_SCHEDULE": "none",
        # `airflow standalone` starts `airflow` from PATH
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": 1,
    }
    settings = {f"AIRFLOW__{name}": value for name, value in _airflow(airflow_port).items()} | project
    return dict(os.environ) | {name: str(value) for name, value in settings.items()}


def connection(api_url: str) -> dict[str, Any]:
    """The connection of the demonstration's account, as Airflow reads it."""
    return {
        "conn_type": "amazon_services",
        "login": "demo-client",
        "password": "demo-secret",
        "extra": {
            "refresh_token": "Atzr|demo",
            "region": "na",
            "marketplace_ids": list(MARKETPLACES.values()),
            "endpoint": api_url,
            "token_url": f"{api_url}/auth/o2/token",
        },
    }


def _airflow(port: int) -> dict[str, object]:
    return {
        "CORE__DAGS_FOLDER": paths.PROJECT_DIR / "dags",
        "CORE__PLUGINS_FOLDER": paths.PROJECT_DIR / "plugins",
        "CORE__LOAD_EXAMPLES": False,
        "CORE__EXECUTOR": "amazon_services.executors.LocalExecutor",
        "CORE__PARALLELISM": 4,
        "CORE__TEST_CONNECTION": "Enabled",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": False,
        "CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        # without a timeout, processes of Airflow that write at the same time fail with "database is locked"
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{AIRFLOW_HOME}/airflow.db?timeout=60",
        "API__HOST": "127.0.0.1",
        "API__PORT": port,
        "API__BASE_URL": f"http://127.0.0.1:{port}",
        "API__WORKERS": 1,
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": 300,
        "USAGE_DATA_COLLECTION__ENABLED": False,
        "LOGGING__LOGGING_LEVEL": "INFO",
    }


def world(now: datetime) -> list[str]:
    """The options of the local API; the same options always generate the same world."""
    return [
        "--seed", str(SEED), "--days", str(DAYS), "--now", now.isoformat(), "--frozen", "--jobs-per-day", str(JOBS_PER_DAY),
        "--marketplaces", ",".join(COUNTRIES), "--stores", str(STORES),
    ]  # fmt: skip


def hour() -> tuple[datetime, datetime]:
    """The data interval of the last hour, as the scheduler would set it."""
    end = moment() + settle_lag()
    return end - timedelta(hours=1), end
