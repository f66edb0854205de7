"""A measure is defined once: a change of the semantic models is followed by the marts and by everything that shows a figure."""

import shutil
from datetime import date

import duckdb
import pytest

from include import quality
from include.bi import definitions, project
from include.bi.superset import bundle
from include.dashboard import scorecard
from include.dashboard.filters import Filters
from include.dashboard.settled import Week
from include.dashboard.tiles import answer
from include.demo.report import report
from include.warehouse import paths, schema
from include.warehouse.building.transform import build_models
from tests.dbt_project import edges
from tests.dbt_project.raw_rows import PROJECT, Warehouse

NO_SHOWS, CHANGED = """expr: "outcome = 'no_show'\"""", "not is_on_time_arrival and not is_completed_in_window"
SEMANTIC_MODELS = "models/marts/_semantic_models.yml"


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """A built warehouse whose project has another measure of no-shows, and another label for their rate."""
    folder = tmp_path_factory.mktemp("one_definition")
    shutil.copytree(PROJECT, folder / "project", ignore=shutil.ignore_patterns("target", "logs"))
    file = folder / "project" / SEMANTIC_MODELS
    text = file.read_text()
    assert text.count(NO_SHOWS) == 1
    file.write_text(text.replace(NO_SHOWS, f'expr: "{CHANGED}"').replace("label: No-show rate", "label: Share of visits"))
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(paths, "dbt_project_dir", lambda: folder / "project")
        monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(folder / "warehouse"))
        warehouse = Warehouse(paths.warehouse_dir())
        edges.fill(warehouse)
        build_models()
        publish_unaudited()
        yield warehouse


def publish_unaudited() -> None:
    """Copy the marts into a published file, as of the end of the week of most rows of `edges`."""
    paths.published_database().parent.mkdir()
    with duckdb.connect(str(paths.published_database())) as connection:
        connection.execute("create schema raw")
        schema.ensure(connection)
        connection.execute(f"attach '{paths.built_marts(paths.build_database())}' as built (read_only)")
        connection.execute("create schema marts")
        tables = connection.execute("select table_name from duckdb_tables() where database_name = 'built'").fetchall()
        for (table,) in tables:
            connection.execute(f"create table marts.{table} as from built.marts.{table}")
        connection.execute("insert into ops.freshness (account, entity, as_of) values ('a', 'jobs', '2026-03-10T00:00:00Z')")


def expected(warehouse, condition: str = "true") -> tuple[int, int]:
    """The changed measure and the scored appointments of the week from 2 March, counted by hand."""
    with duckdb.connect(str(paths.published_database()), read_only=True) as connection:
        return connection.execute(f"""
            select count(*) filter ({CHANGED}), count(is_on_time_arrival) from marts.fct_appointments
            where service_date between '2026-03-02' and '2026-03-08' and {condition}
        """).fetchone()


@pytest.mark.parametrize("filters", [{}, {"service": "B01"}])
def test_the_page(changed, filters):
    """Without a filter it reads the marts' counts, with a chosen service the appointments."""
    week = Filters.from_query(filters | {"start": "2026-03-02", "end": "2026-03-08"})
    tiles = {tile["key"]: tile for tile in answer("headline", week)["tiles"]}
    tile = tiles["no_show_rate"]
    assert (tile["label"], tile["part"], tile["whole"]) == ("Share of visits", *expected(changed))
    assert tile["part"] > 1, "edges has one no-show, and late ones"
    assert answer("choices", week)["rates"]["no_show_rate"]["label"] == "Share of visits"


def test_the_scorecard_and_the_report(changed):
    part, whole = expected(changed)
    html = scorecard.scorecard(Week(date(2026, 3, 2)))
    assert "Share of visits" in html and f"{part} of {whole} scored appointments" in html
    with duckdb.connect(str(paths.published_database()), read_only=True) as connection:
        [(part,)] = connection.execute(f"select count(*) filter ({CHANGED}) from marts.fct_appointments").fetchall()
    (line,) = [line for line in report(paths.published_database()).splitlines() if "No-shows" in line]
    assert f" {part} of " in line


def test_superset_and_the_definitions(changed):
    read = project.read()
    datasets = {content.get("table_name"): content for content in bundle.contents(read, paths.published_database()).values()}
    metrics = {metric["metric_name"]: metric for metric in datasets["fct_appointments"]["metrics"]}
    assert CHANGED in metrics["no_shows"]["expression"] and CHANGED in metrics["no_show_rate"]["expression"]
    assert metrics["no_show_rate"]["verbose_name"] == "Share of visits"
    page = definitions.render(read)
    assert "**Share of visits**" in page and CHANGED in page and NO_SHOWS not in page


def test_the_audit(changed):
    report = quality.run(paths.build_database(), paths.data_docs_dir(), run_id="changed")
    of_figures = [each for each in report.results if each.code.endswith("rate_wrong") or "utilization" in each.code]
    assert len(of_figures) > 3 and [str(each) for each in of_figures if not each.is_success] == []
