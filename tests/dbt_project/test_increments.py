"""A build by change gives what a full refresh gives, whatever came in, in whatever order, interrupted or not."""

import shutil

import pytest

from include.warehouse import paths
from tests.dbt_project.random_hours import RandomHours
from tests.dbt_project.raw_rows import Warehouse, appointment, job


def assert_equals_full_refresh(warehouse: Warehouse, directory) -> None:
    directory.mkdir()
    warehouse.execute("checkpoint")
    shutil.copy(warehouse.directory / "build.duckdb", directory)  # without the marts
    refreshed = Warehouse(directory)
    refreshed.build_untested("--full-refresh")
    by_change, in_full = warehouse.marts(), refreshed.marts()
    for table, rows in in_full.items():
        assert by_change[table] == rows, table


def pass_hours(warehouse: Warehouse, seed: int, hours: int) -> None:
    """Every other build is first stopped somewhere in the middle, as a killed one is."""
    world = RandomHours(warehouse, seed)
    for hour in range(hours):
        world.pass_hour()
        if hour % 2:
            stops_after = world.chance.choice(["fct_appointments", "fct_service_jobs", "int_job_dates", "agg_store_daily"])
            warehouse.build_untested("--select", f"+{stops_after}")
            world.pass_hour()
        warehouse.build_untested()


def test_increments_equal_a_full_refresh(make_warehouse, tmp_path):
    warehouse = make_warehouse("increments")
    pass_hours(warehouse, seed=1, hours=3)
    assert_equals_full_refresh(warehouse, tmp_path / "refreshed")


def test_marts_that_were_lost_are_made_anew(make_warehouse):
    warehouse = make_warehouse("lost")
    pass_hours(warehouse, seed=2, hours=1)
    before = warehouse.marts()
    paths.built_marts(warehouse.directory / "build.duckdb").unlink()
    warehouse.build_untested()
    assert warehouse.marts() == before


def test_a_build_takes_in_what_came_since_the_last_complete_one(make_warehouse):
    warehouse = make_warehouse("scope")
    warehouse.add_window("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z")
    warehouse.add_jobs(job("first", appointments=[appointment("2026-03-02T10:00:00Z")]), job("second"))
    warehouse.build()
    warehouse.add_jobs(job("second", observed_at="2026-03-01T00:00:00Z", service_job_status="HOLD"))  # late, yet new
    warehouse.build_untested("--select", "+fct_appointments")  # as if killed then: remembered as not done
    warehouse.build()
    assert changed_jobs(warehouse) == ["second"]
    warehouse.build()
    assert changed_jobs(warehouse) == []
    # the clock passes the end of an appointment: no new row, and a new outcome
    warehouse.add_window("2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z")
    warehouse.build()
    assert changed_jobs(warehouse) == ["first"]
    assert warehouse.row("select outcome from marts.fct_appointments") == {"outcome": "no_show"}


def test_an_observation_that_turned_out_to_repeat_an_earlier_one_leaves(make_warehouse, tmp_path):
    warehouse = make_warehouse("repeated")
    warehouse.add_jobs(job("first", observed_at="2026-03-02T00:00:00Z"))
    warehouse.build_untested()
    warehouse.add_jobs(job("first", observed_at="2026-03-01T00:00:00Z"))  # late, and the same
    warehouse.execute("delete from raw.service_jobs where observed_at = '2026-03-02T00:00:00Z'")
    warehouse.build_untested()
    assert warehouse.row("select count(*) as versions from staging.stg_service_jobs") == {"versions": 1}
    assert_equals_full_refresh(warehouse, tmp_path / "refreshed")
    warehouse.build_untested()
    assert warehouse.rows("select * from intermediate.int_changed_loads") == []


def changed_jobs(warehouse: Warehouse) -> list[str]:
    return [each for (each,) in warehouse.execute("select service_job_id from intermediate.int_changed_jobs order by 1")]


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3, 23))
def test_many_increments_equal_a_full_refresh(make_warehouse, tmp_path, seed):
    warehouse = make_warehouse(f"increments-{seed}")
    pass_hours(warehouse, seed, hours=12)
    assert_equals_full_refresh(warehouse, tmp_path / "refreshed")
