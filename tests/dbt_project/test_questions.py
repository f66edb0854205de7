"""The ten questions of `analyses/` run as they are written, leave unsettled weeks out, and judge no rate of few appointments."""

import re

import pytest

from include.warehouse import database
from tests.dbt_project.raw_rows import PROJECT

QUESTIONS = sorted(path.stem for path in (PROJECT / "analyses").glob("*.sql"))
# what waits now, and hours: they do not depend on a week
OF_NOW = {"what_is_overdue_this_morning", "where_is_demand_lost", "which_hours_are_overbooked"}
SLIPPING = "which_technicians_are_slipping"
US, WEEK = "ATVPDKIKX0DER", "date '2026-03-02'"


@pytest.fixture(scope="module")
def compiled(warehouse_with_marts) -> dict[str, str]:
    warehouse_with_marts.dbt("compile", "--select", "path:analyses")
    folder = warehouse_with_marts.directory / "dbt/target/compiled/services_warehouse/analyses"
    return {question: (folder / f"{question}.sql").read_text() for question in QUESTIONS}


@pytest.fixture
def undone(warehouse_with_marts):
    """A connection to the marts, whose changes are rolled back."""
    with database.connect(warehouse_with_marts.directory / "build.duckdb") as connection:
        connection.execute("begin transaction")
        yield connection
        connection.execute("rollback")


def test_there_are_ten():
    assert len(QUESTIONS) == 10


@pytest.mark.parametrize("question", QUESTIONS)
def test_question_runs(warehouse_with_marts, compiled, question):
    assert compiled[question].startswith("-- "), "the question itself comes first"
    warehouse_with_marts.rows(compiled[question])


@pytest.mark.parametrize("question", QUESTIONS)
def test_rates_are_never_averaged_and_have_their_counts(question):
    sql = (PROJECT / "analyses" / f"{question}.sql").read_text()
    assert "avg(" not in sql
    for ranked in set(re.findall(r"order by (?:\w+\.)?(\w+_rate)(?:_lower|_upper)?\b", sql)) - {"change_of_rate"}:
        assert f"{ranked}_lower" in sql and f"{ranked}_upper" in sql, ranked


@pytest.mark.parametrize("question", sorted(set(QUESTIONS) - OF_NOW - {SLIPPING}))
def test_unsettled_weeks_are_left_out(undone, compiled, question):
    undone.execute("update marts.agg_account_weekly set is_settled = true")
    undone.execute("update marts.fct_appointments set is_preferred_time = true")
    assert undone.execute(compiled[question]).fetchall()
    undone.execute("update marts.agg_account_weekly set is_settled = false")
    assert undone.execute(compiled[question]).fetchall() == []


def technician_days(connection, technician: str, week: int, on_time: int, scored: int) -> None:
    """Days of a technician, `week` weeks after WEEK."""
    connection.execute(
        f"""
        insert into marts.agg_technician_daily by name
        select
            * replace (? as technician_id, {WEEK} + ? as service_date, ? as on_time, ? as scored)
        from marts.agg_technician_daily where marketplace_id = '{US}' and account = 'a' limit 1
        """,
        [technician, 7 * week, on_time, scored],
    )


def test_a_technician_slips_when_the_difference_is_no_chance(undone, compiled):
    """The twenty appointments of both periods are needed, settled weeks alone count."""
    names = {
        "slips": ((19, 20), (8, 20), (0, 0)),
        "too few": ((19, 20), (7, 19), (0, 0)),
        "too few before": ((18, 19), (8, 20), (0, 0)),
        "may be chance": ((19, 20), (17, 20), (0, 0)),
        "not settled": ((19, 20), (19, 20), (0, 20)),
    }
    undone.execute(f"update marts.agg_account_weekly set is_settled = week_start_date <= {WEEK}")
    undone.execute("delete from marts.agg_technician_daily where technician_id <> 'T1'")
    for name, (before, now, after) in names.items():
        undone.execute("insert into marts.dim_technician values ('a', ?, ?)", [name, name.title()])
        for week, (on_time, scored) in ((-5, before), (0, now), (1, after)):
            technician_days(undone, name, week, on_time, scored)
    found = undone.execute(f"select technician_id, technician_name, recent_on_time, recent_scored from ({compiled[SLIPPING]})")
    assert found.fetchall() == [("slips", "Slips", 8, 20)]
