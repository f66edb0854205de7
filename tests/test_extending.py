"""What docs/extending.md says, done once: a new field, and a new kind of data, go all the way from the API to BI."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from types import ModuleType

import dlt
import pyarrow as pa
import pytest

from include import quality
from include.bi import project
from include.extract import packaging, records
from include.quality import rules, suites
from include.warehouse import database, paths, schema
from include.warehouse.building.transform import build_models
from include.warehouse.loading import load, packages
from include.warehouse.loading.histories import History
from include.warehouse.loading.windows import SCHEDULED, UPDATED, Window
from include.warehouse.publishing.publish import publish

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = ("account", "store_id", "postal_code")

# a new field: the file, how a line of it begins, and the line that is added after that
FIELD = (
    ("include/warehouse/api_fields.py", '"storeId": TEXT,', '"serviceLevel": TEXT,'),
    ("dbt_project/models/staging/stg_service_jobs.sql", "service_job_status as job_status,", "service_level,"),
    ("dbt_project/models/marts/fct_service_jobs.sql", "job_status,", "service_level,"),
    (
        "dbt_project/models/marts/fct_service_jobs.yml",
        "- {name: job_status, ",
        "- {name: service_level, data_type: varchar, description: How fast the service was promised.}",
    ),
)
# reads the job of a payload, loads it, and builds the models where that is wanted
READ = """
import json, sys
from datetime import UTC, datetime
import pyarrow.parquet as pq
from include.extract import records
from include.extract.privacy import BuyerKeys
from include.warehouse import database
from include.warehouse.building.transform import build_models
from include.warehouse.loading import load, packages
from include.warehouse.loading.windows import JOBS, SCHEDULED, UPDATED, Window

hour, query, payloads = int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
start, end = (datetime(2026, 11, 21, hour + more, tzinfo=UTC) for more in (0, 1))
window = Window("a", "ATVPDKIKX0DER", JOBS, SCHEDULED, UPDATED, start, end)
package = packages.begin(window, "run")
rows = [records.job(window, payload, True, end, BuyerKeys("a secret of sixteen or more")).row for payload in payloads]
(package.data / "service_jobs").mkdir(parents=True)
pq.write_table(records.batch("service_jobs", rows), package.data / "service_jobs" / "part.parquet")
package.complete("load", distinct_jobs=len(rows))
with database.connect() as connection:
    load.load_packages(connection)
if "marts." in query:
    build_models()
with database.connect() as connection:
    print(json.dumps(connection.execute(query).fetchall()))
"""

# a new kind of data. 1. how it is kept
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
@dlt.resource(name="service_areas")
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
    monkeypatch.setitem(records.SCHEMAS, "service_areas", records._schema(RAW))
    monkeypatch.setattr(load, "HISTORIES", (*load.HISTORIES, HISTORY))
    guard = ModuleType("dim_service_area")
    guard.get_suite = get_suite
    monkeypatch.setattr(suites, "SUITES", (*suites.SUITES, guard))


def read(answer: dict[str, bool], at: datetime) -> None:
    window = Window("a", "ATVPDKIKX0DER", "service_areas", SCHEDULED, UPDATED, at - timedelta(hours=1), at)
    package = packages.begin(window, "run")
    packaging._extract(package, [service_areas(answer, at)])
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


def run(project, hour: int, query: str, *payloads: dict) -> list:
    """Read jobs with the code of `project`; returns the rows of a query."""
    command = [sys.executable, "-c", READ, str(hour), query, json.dumps(payloads)]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_a_new_field_in_four_lines(warehouse, tmp_path):
    job = {"serviceJobId": "job-1", "storeId": "s", "serviceLevel": "EXPRESS"}
    before = run(paths.PROJECT_DIR, 1, "select _extra ->> 'serviceLevel' from raw.service_jobs", job)
    assert before == [['{"length":7,"type":"text"}']], "of an unknown text only the length is kept"
    for folder in ("include", "dbt_project"):
        shutil.copytree(paths.PROJECT_DIR / folder, tmp_path / "project" / folder)
    for name, line, added in FIELD:
        file = tmp_path / "project" / name
        text = file.read_text()
        (place,) = [one for one in text.splitlines() if one.strip().startswith(line)]
        indent = place[: len(place) - len(place.lstrip())]
        file.write_text(text.replace(f"{place}\n", f"{place}\n{indent}{added}\n"))
    rows = run(tmp_path / "project", 2, "select service_job_id, service_level from marts.fct_service_jobs order by all",
               job, {"serviceJobId": "job-2"})  # fmt: skip
    assert rows == [["job-1", "EXPRESS"], ["job-2", None]]
