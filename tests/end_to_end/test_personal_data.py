"""After a full run through Airflow no file holds anything personal in clear: not in the warehouse, not in Airflow's home or logs.

DuckDB and Parquet pack their texts, so besides the bytes of every file all values of every table are looked through.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from include.warehouse import database, paths, restricted
from tests.end_to_end.airflow_home import Home
from tests.local_api import local_api

# of yesterday: what ended longer ago than its term is not kept
NOW = datetime.now(UTC).replace(hour=12, minute=58, second=0, microsecond=0) - timedelta(days=1)
OPTIONS = (
    "--seed", "3", "--days", "5", "--now", NOW.isoformat(), "--frozen", "--limits", "off", "--marketplaces", "US",
    "--jobs-per-day", "20",
)  # fmt: skip
KEY = "a key of 32 characters or more, for tests"


@pytest.mark.soak
@pytest.mark.parametrize("mode", ["none", "keep"])
def test_nothing_personal_is_anywhere_in_clear(warehouse, tmp_path, monkeypatch, mode):
    home = tmp_path / "airflow"
    home.mkdir()
    with local_api(*OPTIONS) as api:
        settings = {"SERVICES_PERSONAL_DATA": mode, "SERVICES_PERSONAL_DATA_KEY": KEY if mode == "keep" else ""}
        airflow = Home(home, warehouse, api.url, **settings)
        airflow.run("backfill", start=(NOW - timedelta(days=6)).isoformat(), end=(NOW - timedelta(hours=1)).isoformat())
        airflow.run("warehouse")
        airflow.run("retention")
        airflow.run("jobs", start=(NOW - timedelta(hours=1)).isoformat(), end=NOW.isoformat())
        airflow.run("warehouse")
        if mode == "none":  # else names and addresses are in the calendars, for those who have to be there
            airflow.run("calendars")
        personal = api.control("GET", "personal")
    monkeypatch.setenv("SERVICES_PERSONAL_DATA_KEY", KEY)
    assert all(personal.values()), "nothing personal to look for: this would prove nothing"
    if mode == "keep":
        with restricted.opened(read_only=True) as vault:
            kept = vault.execute(f"select count(*), count(buyer_name), count(address_line_1) from {restricted.TABLE}").fetchone()
        assert min(kept) > 20
    else:
        assert not paths.restricted_database().exists()
        assert paths.calendar_files()

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
