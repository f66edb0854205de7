"""A temporary warehouse for the dbt project's tests: hand-made raw rows in, one dbt build, marts out."""

import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from dbt.cli.main import dbtRunner

from include.warehouse import database, schema
from include.warehouse.building import definitions

PROJECT = Path(__file__).parents[2] / "dbt_project"

US = "ATVPDKIKX0DER"
# the rows of the tests are made for these
THRESHOLDS = {"on_time_grace_minutes": 15, "no_show_after_minutes": 240}


def appointment(start=None, minutes=60, *, status="ACTIVE", arrived=None, on_site=30, technicians=("T1",), **fields):
    """An appointment as in raw: `arrived` adds a proof of appointment, `fields` are Amazon's own and win."""
    known = {
        "appointmentStatus": status,
        "appointmentTime": {"startTime": start, "durationInMinutes": minutes},
        "assignedTechnicians": [{"technicianId": each, "name": f"Name of {each}"} for each in technicians],
    }
    if arrived:
        proof_time = {"startTime": arrived, "durationInMinutes": on_site}
        known["poa"] = {"appointmentTime": proof_time, "poaType": "CUSTOMER_SIGNATURE"}
    return known | fields


class Warehouse:
    """A warehouse directory of its own. Rows that are added go to raw and ops; `build` runs dbt on them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.loads = 0
        with database.connect(directory / "build.duckdb") as connection:
            schema.ensure(connection)

    def execute(self, statement: str, parameters: list | None = None) -> list[tuple]:
        with database.connect(self.directory / "build.duckdb") as connection:
            return connection.execute(statement, parameters).fetchall()

    def rows(self, query: str) -> list[dict]:
        with database.connect(self.directory / "build.duckdb") as connection:
            result = connection.execute(query)
            names = [column[0] for column in result.description]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def row(self, query: str) -> dict:
        (only,) = self.rows(query)
        return only

    def insert(self, table: str, rows: list[dict]) -> None:
        """Load rows as one package: all of them carry one load id."""
        self.loads += 1
        with database.connect(self.directory / "build.duckdb") as connection:
            for row in rows:
                load = {} if table.startswith("ops.") else {"_dlt_load_id": f"{self.loads:05d}"}
                values = {
                    name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in (row | load).items()
                }
                marks = ", ".join("?" * len(values))
                connection.execute(f"insert into {table} ({', '.join(values)}) values ({marks})", list(values.values()))

    def add_jobs(self, *jobs: dict) -> None:
        self.insert("raw.service_jobs", list(jobs))

    def add_capacity(self, *hours: dict) -> None:
        defaults = {"account": "a", "marketplace_id": US, "slot_minutes": 60}
        self.insert("raw.resource_capacity", [defaults | hour for hour in hours])

    def add_window(self, start: str, end: str, **fields) -> None:
        defaults = {
            "account": "a", "marketplace_id": US, "entity": "jobs", "mode": "scheduled", "filter": "updated",
            "window_start": start, "window_end": end, "attempt": 1, "status": "complete",
        }  # fmt: skip
        self.insert("ops.extract_windows", [defaults | fields])

    def dbt(self, *arguments: str):
        """Run dbt in this process with its target and logs inside the warehouse directory; fail with its messages."""
        paths = ["--project-dir", PROJECT, "--profiles-dir", PROJECT]
        paths += ["--target-path", self.directory / "dbt/target", "--log-path", self.directory / "dbt/logs"]
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("SERVICES_WAREHOUSE_DIR", str(self.directory))
            outcome = dbtRunner(manifest=parsed_project().deepcopy()).invoke([*arguments, *map(str, paths), "--quiet"])
        assert outcome.success, outcome.exception or [
            f"{result.node.name}: {result.message}" for result in outcome.result if result.status in ("error", "fail")
        ]
        return outcome.result

    def build(self, *arguments: str):
        return self.build_by_hand("--vars", json.dumps({"definition": definition()} | THRESHOLDS), *arguments)

    def build_by_hand(self, *arguments: str):
        return self.dbt("build", "--no-write-json", "--exclude-resource-type", "unit_test", *arguments)

    def build_untested(self, *arguments: str):
        return self.build("--exclude-resource-type", "test", *arguments)

    def marts(self) -> dict[str, list[tuple]]:
        """Every mart's content, in an order of its own."""
        tables = self.execute("select table_name from information_schema.tables where table_schema = 'marts' order by 1")
        return {table: self.execute(f"select * from marts.{table} order by all") for (table,) in tables}


@cache
def parsed_project():
    """dbt's manifest: parsing costs more than most builds of a test."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as environment:
        environment.setenv("SERVICES_WAREHOUSE_DIR", folder)
        paths = ["--project-dir", PROJECT, "--profiles-dir", PROJECT, "--target-path", folder, "--log-path", folder]
        return dbtRunner().invoke(["parse", *map(str, paths), "--quiet"]).result


@cache
def definition() -> str:
    return definitions.fingerprint(parsed_project(), PROJECT)


def job(service_job_id: str, **fields) -> dict:
    """A raw version of a service job; `fields` are columns of raw.service_jobs and win over the defaults."""
    known = {
        "account": "a",
        "marketplace_id": US,
        "service_job_id": service_job_id,
        "observed_at": "2026-03-02T00:00:00Z",
        "create_time": "2026-03-01T00:00:00Z",
        "service_job_status": "NOT_SERVICED",
        "store_id": "S1",
        "scope_of_work": {"asin": "B01", "title": "Assembly", "quantity": 1, "requiredSkills": ["DEFAULT"]},
        "has_detail": True,
    } | fields
    content = json.dumps({name: value for name, value in known.items() if name != "observed_at"}, sort_keys=True)
    return known | {"content_hash": hashlib.sha256(content.encode()).hexdigest()}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
