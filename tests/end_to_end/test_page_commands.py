"""`make query` and `make report`, on the published file of the page's world."""

import subprocess
import sys
from datetime import date

import duckdb
import pytest

from include.dashboard import settled
from include.dashboard.query import SHOWN_ROWS, query
from include.dashboard.scorecard import write


@pytest.fixture
def world(page_world, monkeypatch):
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(page_world.parent.parent))
    return page_world


def test_a_question_is_answered_as_a_table(world):
    shown = query("select 'a' as letter, 12 as number union all select 'bcd', 3 order by number")
    assert shown.splitlines() == ["letter  number", "------  ------", "bcd          3", "a           12", "", "2 rows"]
    assert f"The first {SHOWN_ROWS} rows" in query("from range(1000)")


@pytest.mark.parametrize(
    "sql", ["delete from marts.dim_store", "from read_csv('/etc/passwd')", "copy marts.dim_store to '/tmp/x'"]
)
def test_a_question_changes_nothing_and_reads_nothing_else(world, sql):
    with pytest.raises(duckdb.Error):
        query(sql)


def test_a_wrong_question_is_one_line(world):
    command = [sys.executable, "-m", "include.dashboard.query", "select nothing from nowhere"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 1 and "nowhere" in result.stderr and "Traceback" not in result.stderr


def test_the_scorecard_is_one_file_with_the_figures_of_the_newest_settled_week(world, tmp_path):
    """It is Tuesday, 3 November: on the west coast the last week is settled on Wednesday."""
    html = write(tmp_path / "week.html").read_text()
    assert "19 Oct to 25 Oct 2026" in html and "It is settled" in html and "http" not in html and "<script" not in html
    with duckdb.connect(str(world), read_only=True) as connection:
        on_time, scored = connection.execute("""
            select sum(on_time)::int, sum(scored)::int from marts.agg_account_weekly where week_start_date = '2026-10-19'
        """).fetchone()
    assert f"{on_time / scored:.1%}" in html and f"{on_time} of {scored} scored appointments" in html
    assert [file.name for file in tmp_path.iterdir()] == ["week.html"]


def test_without_a_settled_week_the_last_whole_one_is_shown_as_it_is(world, tmp_path):
    nobody = settled.newest_of_all("nobody")
    assert nobody == settled.Week(date(2026, 10, 26), "nobody", is_settled=False)
    assert "It is not settled yet" in write(tmp_path / "week.html", nobody).read_text()


def test_without_a_warehouse_the_way_is_told(warehouse):
    for module in ("query", "scorecard"):
        command = [sys.executable, "-m", f"include.dashboard.{module}", *(["select 1"] if module == "query" else [])]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert result.returncode == 1 and "make demo" in result.stderr and "Traceback" not in result.stderr
