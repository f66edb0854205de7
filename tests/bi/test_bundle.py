"""The Superset bundle: made of the dbt project, and whole."""

import zipfile
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import yaml

from include.bi.superset import bundle, charts

DATABASE = Path("/warehouse/published/services.duckdb")


@pytest.fixture(scope="module")
def files(read) -> dict[str, dict]:
    return bundle.contents(read, DATABASE)


def kind(files: dict, folder: str) -> list[dict]:
    return [content for name, content in files.items() if name.startswith(f"{folder}/")]


def test_the_archive_holds_one_folder_as_superset_wants_it(read, tmp_path):
    with zipfile.ZipFile(bundle.write(read, DATABASE, tmp_path / "bundle.zip")) as archive:
        names = archive.namelist()
        metadata = yaml.safe_load(archive.read("services_warehouse/metadata.yaml"))
    assert {name.partition("/")[0] for name in names} == {"services_warehouse"}
    assert (metadata["version"], metadata["type"]) == ("1.0.0", "Dashboard")


def test_everything_that_is_named_is_there(files):
    (database,) = kind(files, "databases")
    datasets = {dataset["uuid"]: dataset for dataset in kind(files, "datasets")}
    charts = {chart["uuid"]: chart for chart in kind(files, "charts")}
    (dashboard,) = kind(files, "dashboards")
    assert {dataset["database_uuid"] for dataset in datasets.values()} == {database["uuid"]}
    placed = {part["meta"]["uuid"] for name, part in dashboard["position"].items() if name.startswith("CHART-")}
    assert placed == charts.keys() and len(charts) == 14
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


def test_filters_of_the_dashboard_reach_the_charts_that_have_their_column(files):
    """Account, store, technician and dates; what the morning list shows depends on no date."""
    datasets = {dataset["uuid"]: dataset for dataset in kind(files, "datasets")}
    (dashboard,) = kind(files, "dashboards")
    numbers = {
        part["meta"]["chartId"]: part["meta"]["sliceName"]
        for name, part in dashboard["position"].items() if name.startswith("CHART-")
    }  # fmt: skip
    filters = {each["name"]: each for each in dashboard["metadata"]["native_filter_configuration"]}
    assert len(numbers) == 14
    reached = {
        name: set(numbers.values()) - {numbers[number] for number in each["scope"]["excluded"]} for name, each in filters.items()
    }
    assert list(filters) == ["Account", "Store", "Technician", "Dates"]
    assert reached["Account"] == set(numbers.values())
    assert reached["Technician"] == {"Technicians"}
    assert reached["Store"] == set(numbers.values()) - {"Technicians", "Settled weeks"}
    assert reached["Dates"] == set(numbers.values()) - {"Needs action", "Actions waiting"}
    for name, column in (("Account", "account"), ("Store", "store_name"), ("Technician", "technician_name")):
        (target,) = filters[name]["targets"]
        assert target["column"]["name"] == column
        assert column in [each["column_name"] for each in datasets[target["datasetUuid"]]["columns"]]
    assert filters["Store"]["cascadeParentIds"] == [filters["Account"]["id"]]
    assert filters["Dates"]["filterType"] == "filter_time"


def test_names_stand_beside_ids(read, files):
    """The query of a dataset gives the columns that the dataset lists, once for each row of the mart."""
    datasets = {dataset["table_name"]: dataset for dataset in kind(files, "datasets")}
    assert datasets["dim_store"]["sql"] is None
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        for name in datasets:
            own = ", ".join(f"{column} {kind}" for column, (kind, _) in read.tables[name].columns.items())
            connection.execute(f"create table marts.{name} ({own})")
        for name, dataset in datasets.items():
            if dataset["sql"]:
                found = [column[0] for column in connection.execute(dataset["sql"]).description]
                assert found == [column["column_name"] for column in dataset["columns"]], name
        key = "(account, marketplace_id, store_id"
        connection.execute(f"insert into marts.agg_store_daily {key}) values ('a', 'm', 'S1'), ('a', 'm', null)")
        connection.execute(f"insert into marts.dim_store {key}, store_name) values ('a', 'm', 'S1', 'Main Street')")
        query = f"select store_id, store_name from ({datasets['agg_store_daily']['sql']}) order by all"
        rows = connection.execute(query).fetchall()
    assert rows == [("S1", "Main Street"), (None, None)]


def test_amounts_of_several_currencies_are_not_added_up(files):
    (chart,) = [chart for chart in kind(files, "charts") if chart["slice_name"] == "Payments by week"]
    assert chart["params"]["groupby"] == ["currency"]


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
        ({"name": "x", "kind": "bars", "table": "dim_store", "by": ["region"], "split": ["joy"], "width": 2}, "no column joy"),
        ({"name": "x", "kind": "records", "table": "dim_store", "columns": ["joy"], "width": 2}, "no column joy"),
    ],
)
def test_a_chart_of_nothing_is_refused_by_name(read, chart, told):
    wrong = replace(read, charts=[chart])
    with pytest.raises(charts.UnknownFigure, match=told):
        bundle.contents(wrong, DATABASE)


@pytest.mark.parametrize(
    "named, told",
    [({"table": "nowhere", "column": "account"}, "no mart nowhere"), ({"table": "dim_store", "column": "joy"}, "no column joy")],
)
def test_a_filter_of_nothing_is_refused_by_name(read, named, told):
    with pytest.raises(charts.UnknownFigure, match=f"Where: .*{told}"):
        bundle.contents(replace(read, filters=[{"name": "Where"} | named]), DATABASE)
