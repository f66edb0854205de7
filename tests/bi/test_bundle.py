"""The Superset bundle and the definitions: made of the dbt project, whole, and up to date."""

import zipfile
from pathlib import Path

import duckdb
import pytest
import yaml

from include.bi import definitions, project, superset
from include.warehouse import paths

DATABASE = Path("/warehouse/published/services.duckdb")


@pytest.fixture(scope="module")
def read() -> project.Project:
    return project.read()


@pytest.fixture(scope="module")
def files(read) -> dict[str, dict]:
    return superset.contents(read, DATABASE)


def kind(files: dict, folder: str) -> list[dict]:
    return [content for name, content in files.items() if name.startswith(f"{folder}/")]


def test_the_archive_holds_one_folder_as_superset_wants_it(read, tmp_path):
    with zipfile.ZipFile(superset.write(read, DATABASE, tmp_path / "bundle.zip")) as bundle:
        names = bundle.namelist()
        metadata = yaml.safe_load(bundle.read("services_warehouse/metadata.yaml"))
    assert {name.partition("/")[0] for name in names} == {"services_warehouse"}
    assert (metadata["version"], metadata["type"]) == ("1.0.0", "Dashboard")


def test_everything_that_is_named_is_there(files):
    (database,) = kind(files, "databases")
    datasets = {dataset["uuid"]: dataset for dataset in kind(files, "datasets")}
    charts = {chart["uuid"]: chart for chart in kind(files, "charts")}
    (dashboard,) = kind(files, "dashboards")
    assert {dataset["database_uuid"] for dataset in datasets.values()} == {database["uuid"]}
    placed = {part["meta"]["uuid"] for name, part in dashboard["position"].items() if name.startswith("CHART-")}
    assert placed == charts.keys() and len(charts) == 12
    for chart in charts.values():
        dataset = datasets[chart["dataset_uuid"]]
        known = {metric["metric_name"] for metric in dataset["metrics"]} | {
            column["column_name"] for column in dataset["columns"]
        }
        params = chart["params"]
        asked = [params.get("metric"), params.get("x_axis"), *params.get("metrics", []), *params.get("groupby", [])]
        assert {name for name in [*asked, *params.get("all_columns", [])] if name} <= known, chart["slice_name"]
    for part in dashboard["position"].values():
        if isinstance(part, dict) and part["type"] == "ROW":
            assert sum(dashboard["position"][child]["meta"]["width"] for child in part["children"]) <= 12


def test_every_table_and_column_tells_what_it_means(read, files):
    published = {dataset["table_name"] for dataset in kind(files, "datasets")}
    assert published == read.tables.keys() and len(published) >= 18
    for dataset in kind(files, "datasets"):
        assert dataset["description"], dataset["table_name"]
        assert all(column["description"] for column in dataset["columns"]), dataset["table_name"]


def test_the_file_is_opened_to_read(files):
    (database,) = kind(files, "databases")
    assert database["sqlalchemy_uri"] == f"duckdb:///{DATABASE}?access_mode=read_only"
    assert not database["allow_dml"]


def test_rates_are_the_marts_own(read):
    """The formula over the facts and the one over the aggregate give the same."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table facts as select * from (values (true), (false), (true), (null)) as t(is_on_time_arrival)"
        )
        connection.execute("create table days as select * from (values (1, 2), (1, 1)) as t(on_time, scored)")
        rate = lambda table: read.tables[table].figures["on_time_rate"].sql  # noqa: E731
        asked = connection.execute(f"select {rate('fct_appointments')} from facts").fetchone()
        assert asked == connection.execute(f"select {rate('agg_store_daily')} from days").fetchone() == (pytest.approx(2 / 3),)


@pytest.mark.parametrize(
    "chart, told",
    [
        ({"name": "x", "kind": "number", "table": "nowhere", "metrics": ["rows"], "width": 2}, "no mart nowhere"),
        ({"name": "x", "kind": "number", "table": "dim_store", "metrics": ["joy"], "width": 2}, "no metric joy"),
        ({"name": "x", "kind": "records", "table": "dim_store", "columns": ["joy"], "width": 2}, "no column joy"),
    ],
)
def test_a_chart_of_nothing_is_refused_by_name(read, chart, told):
    wrong = project.Project(read.tables, [chart], read.title, read.description)
    with pytest.raises(superset.UnknownFigure, match=told):
        superset.contents(wrong, DATABASE)


def test_the_definitions_are_up_to_date(read):
    written = (paths.PROJECT_DIR / "docs" / "definitions.md").read_text()
    assert written == definitions.render(read), "run `make definitions`"
