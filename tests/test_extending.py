"""The five steps of docs/extending.md, done once: a new kind of data goes all the way from a dlt resource to BI."""

import shutil
from datetime import UTC, datetime, timedelta
from types import ModuleType

import dlt
import pyarrow as pa
import pytest

from include import quality
from include.bi import project
from include.extract import packaging
from include.quality import rules, suites
from include.warehouse import database, paths, schema
from include.warehouse.building.transform import build_models
from include.warehouse.loading import load, packages
from include.warehouse.loading.histories import History
from include.warehouse.loading.windows import SCHEDULED, UPDATED, Window
from include.warehouse.publishing.publish import publish

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = ("account", "store_id", "postal_code")

# 1. how it is kept
RAW = {
    "account": "VARCHAR", "store_id": "VARCHAR", "postal_code": "VARCHAR", "is_served": "BOOLEAN",
    "observed_at": "TIMESTAMPTZ", "_dlt_load_id": "VARCHAR",
}  # fmt: skip
HISTORY = History("service_areas", KEY, ("is_served",))

# 3. the model
SOURCE = """
      - name: service_areas
        description: One row per change of what a store serves.
"""
MODEL = """
select
    account,
    store_id,
    postal_code,
    arg_max(is_served, observed_at) as is_served,
    max(observed_at) as last_observed_at
from {{ source('raw', 'service_areas') }}
group by account, store_id, postal_code
"""
MODEL_YML = """
models:
  - name: dim_service_area
    description: "Which postal codes a store serves. Grain: account x store x postal code."
    columns:
      - {name: account, data_type: varchar, description: "{{ doc('account') }}"}
      - {name: store_id, data_type: varchar, description: "{{ doc('store_id') }}"}
      - {name: postal_code, data_type: varchar, description: Postal code.}
      - {name: is_served, data_type: boolean, description: Whether the store serves it now.}
      - {name: last_observed_at, data_type: timestamptz, description: When that was told.}
"""


# 2. reading
@dlt.resource(name="service_areas", write_disposition="append")
def service_areas(answer: dict[str, bool], observed_at: datetime):
    rows = [
        {"account": "a", "store_id": "s", "postal_code": code, "is_served": served, "observed_at": observed_at}
        for code, served in answer.items()
    ]
    yield pa.Table.from_pylist(rows)


# 4. the guard
def get_suite():
    return rules.suite("marts.dim_service_area", key=KEY, rules=[*rules.grain("area", KEY)])


@pytest.fixture
def extended(warehouse, tmp_path, monkeypatch):
    copy = shutil.copytree(paths.dbt_project_dir(), tmp_path / "dbt_project")
    with (copy / "models/sources/_raw__sources.yml").open("a") as sources:
        sources.write(SOURCE)
    (copy / "models/marts/dim_service_area.sql").write_text(MODEL)
    (copy / "models/marts/dim_service_area.yml").write_text(MODEL_YML)
    monkeypatch.setattr(paths, "dbt_project_dir", lambda: copy)
    monkeypatch.setitem(schema.RAW_TABLES, "service_areas", RAW)
    monkeypatch.setattr(load, "HISTORIES", (*load.HISTORIES, HISTORY))
    guard = ModuleType("dim_service_area")
    guard.get_suite = get_suite
    monkeypatch.setattr(suites, "SUITES", (*suites.SUITES, guard))


def read(answer: dict[str, bool], at: datetime) -> None:
    window = Window("a", "ATVPDKIKX0DER", "service_areas", SCHEDULED, UPDATED, at - timedelta(hours=1), at)
    package = packages.begin(window, "run")
    packaging._run_dlt(package, [service_areas(answer, at)])
    package.complete()


def test_a_new_kind_of_data_in_five_steps(extended):
    read({"98101": True, "98102": True}, NOON)
    read({"98101": True, "98102": False}, NOON + timedelta(hours=1))
    with database.connect() as connection:
        added = load.load_packages(connection)
    assert added["service_areas"] == 3, "what was told twice is kept once"
    build_models()
    report = quality.gate(paths.build_database(), paths.data_docs_dir(), run_id="run")
    assert any(result.table == "marts.dim_service_area" for result in report.results)
    publish(paths.build_database(), paths.published_database(), run_id="run")
    with database.connect(paths.published_database(), read_only=True) as connection:
        served = connection.execute("select postal_code, is_served from marts.dim_service_area order by all").fetchall()
    assert served == [("98101", True), ("98102", False)]
    # 5. and BI knows what it is
    assert project.read().tables["dim_service_area"].columns["is_served"] == ("BOOLEAN", "Whether the store serves it now.")
