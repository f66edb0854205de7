"""The Parquet export and the front page."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from include.warehouse.export import export
from include.warehouse.publishing import front_page


@pytest.fixture
def published(tmp_path: Path) -> Path:
    file = tmp_path / "services.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.fct_visits as select date '2026-10-30' + range::int as service_date from range(4)")
        connection.execute("create table marts.dim_store as select 'store' as store_id")
    return file


def test_an_export_is_partitioned_by_month_and_replaced_whole(published, tmp_path):
    folder = tmp_path / "parquet"
    for _ in range(2):
        assert export(published, folder) == ["dim_store", "fct_visits"]
    assert (folder / ".services-warehouse").is_file()
    files = sorted(str(file.relative_to(folder)) for file in folder.rglob("*.parquet"))
    assert files == [
        "dim_store/data_0.parquet",
        "fct_visits/month=2026-10/data_0.parquet",
        "fct_visits/month=2026-11/data_0.parquet",
    ]
    rows = duckdb.sql(f"select count(*), min(service_date) from '{folder}/fct_visits/*/*.parquet'").fetchone()
    assert rows == (4, datetime(2026, 10, 30, tzinfo=UTC).date())
    assert sorted(file.name for file in tmp_path.iterdir()) == ["parquet", "services.duckdb"]


def test_the_front_page_links_what_is_there(tmp_path):
    made_by_dbt = tmp_path / "static_index.html"
    folder = tmp_path / "published"
    (folder / "data_docs").mkdir(parents=True)
    (folder / "data_docs" / "index.html").touch()

    front_page.write(folder, "5 rows & more", dbt_docs=made_by_dbt)
    page = (folder / "index.html").read_text()
    assert 'href="data_docs/index.html"' in page
    assert "dbt_docs" not in page
    assert "5 rows &amp; more" in page

    made_by_dbt.write_text("documentation")
    front_page.write(folder, "5 rows", dbt_docs=made_by_dbt)
    assert 'href="dbt_docs/index.html"' in (folder / "index.html").read_text()
    assert (folder / "dbt_docs" / "index.html").read_text() == "documentation"
