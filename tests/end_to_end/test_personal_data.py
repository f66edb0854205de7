"""After a full run through Airflow no file holds anything personal in clear: not in the warehouse, not in Airflow's home or logs.

DuckDB and Parquet pack their texts, so besides the bytes of every file all values of every table are looked through.
"""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from local_api import LocalApi, local_api

from include.warehouse import database, paths, restricted
from include.warehouse.paths import PROJECT_DIR

NOW = datetime(2026, 11, 3, 12, 58, tzinfo=UTC)
OPTIONS = (
    "--seed", "3", "--days", "5", "--now", NOW.isoformat(), "--frozen", "--limits", "off", "--marketplaces", "US",
    "--jobs-per-day", "20",
)  # fmt: skip
KEY = "a key of 32 characters or more, for tests"
AIRFLOW = Path(sys.executable).with_name("airflow")


class Home:
    """An Airflow home of its own, in which DAGs run to their end without a scheduler."""

    def __init__(self, folder: Path, warehouse: Path, api: LocalApi, mode: str) -> None:
        extra = {"refresh_token": "Atzr|token", "marketplace_ids": ["ATVPDKIKX0DER"], "endpoint": api.url,
                 "token_url": f"{api.url}/auth/o2/token"}  # fmt: skip
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
            "SERVICES_PERSONAL_DATA": mode,
            "SERVICES_PERSONAL_DATA_KEY": KEY if mode == "keep" else "",
        }
        self.folder = folder
        self.environment = os.environ | {name: str(value) for name, value in settings.items()}
        self("db", "migrate")
        self("pools", "set", "services_warehouse_writer", "1", "one writer")

    def __call__(self, *arguments: str) -> None:
        outcome = subprocess.run(
            [AIRFLOW, *arguments], env=self.environment, capture_output=True, text=True, timeout=600, check=False
        )
        # what a task prints here is in its log in a deployment
        with (self.folder / "printed.log").open("a") as log:
            log.write(outcome.stdout + outcome.stderr)
        assert outcome.returncode == 0, (outcome.stdout + outcome.stderr)[-3000:]

    def run(self, dag: str, **conf: object) -> None:
        self("dags", "test", f"amazon_services_{dag}", "--conf", json.dumps(conf))


@pytest.mark.soak
@pytest.mark.parametrize("mode", ["none", "keep"])
def test_nothing_personal_is_anywhere_in_clear(warehouse, tmp_path, monkeypatch, mode):
    home = tmp_path / "airflow"
    home.mkdir()
    with local_api(*OPTIONS) as api:
        airflow = Home(home, warehouse, api, mode)
        airflow.run("backfill", start=(NOW - timedelta(days=6)).isoformat(), end=(NOW - timedelta(hours=1)).isoformat())
        airflow.run("warehouse")
        airflow.run("retention")
        airflow.run("jobs", start=(NOW - timedelta(hours=1)).isoformat(), end=NOW.isoformat())
        airflow.run("warehouse")
        personal = api.get("personal")
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", KEY)
    assert all(personal.values()), "nothing personal to look for: this would prove nothing"
    if mode == "keep":
        with restricted.opened(read_only=True) as vault:
            kept = vault.execute(f"select count(*), count(buyer_name), count(address_line_1) from {restricted.TABLE}").fetchone()
        assert min(kept) > 20
    else:
        assert not paths.restricted_database().exists()

    everything = readable(warehouse)
    needles = [value for values in personal.values() for value in values]
    assert [value for value in needles if value in everything] == []
    shown = [value.encode() for values in personal.values() for value in values[:100]]
    files = [file for folder in (warehouse, home) for file in folder.rglob("*") if file.is_file()]
    assert [file.name for file in files for content in [file.read_bytes()] if any(value in content for value in shown)] == []


def readable(folder: Path) -> str:
    """Every value of every table of a database or package that can be read without a key."""
    parts = [str(pq.read_table(file).to_pylist()) for file in folder.rglob("*.parquet")]
    for file in (paths.build_database(), paths.published_database()):
        with database.connect(file, read_only=True) as connection:
            tables = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
            parts += [str(connection.execute(f"select * from {table}").fetchall()) for (table,) in tables]
    return "".join(parts)
