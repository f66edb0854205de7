"""The ten questions of `analyses/` run as they are written."""

import pytest

from tests.dbt_project.raw_rows import PROJECT

QUESTIONS = sorted(path.stem for path in (PROJECT / "analyses").glob("*.sql"))


@pytest.fixture(scope="module")
def compiled(warehouse_with_marts):
    warehouse_with_marts.dbt("compile", "--select", "path:analyses")
    return warehouse_with_marts.directory / "dbt/target/compiled/services_warehouse/analyses"


def test_there_are_ten():
    assert len(QUESTIONS) == 10


@pytest.mark.parametrize("question", QUESTIONS)
def test_question_runs(warehouse_with_marts, compiled, question):
    sql = (compiled / f"{question}.sql").read_text()
    assert sql.startswith("-- "), "the question itself comes first"
    warehouse_with_marts.rows(sql)
