"""Time zones and names of stores, and what becomes of dates when a store turns out to be in another zone."""

from datetime import date

import pytest

from tests.dbt_project.raw_rows import US, appointment, job
from tests.dbt_project.test_increments import assert_equals_full_refresh

DE = "A1PA6795UKMFR9"
# 21:30 of March 2 in Los Angeles, 00:30 of March 3 in New York
LATE = "2026-03-03T05:30:00Z"


def job_in(service_job_id: str, state: str | None, **fields) -> dict:
    return job(service_job_id, service_location={"address": {"stateOrRegion": state}}, **fields)


@pytest.fixture(scope="module")
def stores(make_warehouse):
    warehouse = make_warehouse("stores")
    states = {
        "code": ["ny", "CA", "NY"],
        "name": [" New York", "TX", "new york"],
        "tie": ["TX", "NY", "Elsewhere", "Elsewhere", "Elsewhere", None],
        "none": [None, "Elsewhere"],
        "file": ["NY"],
    }
    warehouse.add_jobs(*(
        job_in(f"{store}-{number}", state, store_id=store)
        for store, named in states.items()
        for number, state in enumerate(named)
    ))  # fmt: skip
    warehouse.add_jobs(
        job_in("moved", "TX", store_id="moved", observed_at="2026-03-01T00:00:00Z"),
        job_in("moved", "NY", store_id="moved", observed_at="2026-03-02T00:00:00Z"),
        job("moved", store_id="moved", observed_at="2026-03-03T00:00:00Z", has_detail=False, service_job_status="HOLD"),
        job_in("german", "NY", store_id="german", marketplace_id=DE),
        job_in("brazilian", "São Paulo", store_id="brazilian", marketplace_id="A2Q3Y263D00KWC"),
        job_in("unknown", "NY", store_id="unknown", marketplace_id="A0"),
        job_in("nowhere", "NY", store_id=None),
    )
    slot = {"slot_start_at": "2026-03-03T05:00:00Z", "observed_at": "2026-03-01T00:00:00Z"}
    warehouse.add_capacity(slot | {"resource_id": "empty"})
    names = {"store_name": "Main Street", "region": "North", "manager": "Ada", "time_zone": "UTC"}
    warehouse.insert("ops.stores", [
        {"marketplace_id": US, "store_id": "file"} | names,
        {"marketplace_id": US, "store_id": "empty", "store_name": "Side Street"},
        {"marketplace_id": US, "store_id": "closed long ago"},
    ])  # fmt: skip
    warehouse.build()
    return warehouse


@pytest.mark.parametrize(
    "store, time_zone, source",
    [
        ("code", "America/New_York", "state"),
        ("name", "America/New_York", "state"),
        ("tie", "America/New_York", "state"),
        ("none", "America/Los_Angeles", "marketplace"),
        ("file", "UTC", "stores_file"),
        ("moved", "America/New_York", "state"),
        ("german", "Europe/Berlin", "marketplace"),
        ("brazilian", "America/Sao_Paulo", "state"),
        ("unknown", None, None),
        ("empty", "America/Los_Angeles", "marketplace"),
    ],
)
def test_the_time_zone_is_the_first_that_is_known(stores, store, time_zone, source):
    (found,) = stores.execute("select time_zone, time_zone_source from marts.dim_store where store_id = ?", [store])
    assert found == (time_zone, source)


def test_names_come_from_the_file(stores):
    names = "select store_name, region, manager from marts.dim_store where store_id = ?"
    assert stores.execute(names, ["file"]) == [("Main Street", "North", "Ada")]
    assert stores.execute(names, ["empty"]) == [("Side Street", None, None)]
    assert stores.execute(names, ["code"]) == [("code", None, None)]


def test_dates_follow_the_time_zone_of_a_store(make_warehouse, tmp_path):
    warehouse = make_warehouse("rezoned")
    warehouse.add_window("2026-03-01T00:00:00Z", "2026-03-04T00:00:00Z")
    warehouse.add_jobs(job_in("a", None, create_time=LATE, appointments=[appointment(LATE, arrived=LATE)]))
    warehouse.add_jobs(job_in("other", None, store_id="S2", create_time=LATE, appointments=[appointment(LATE, arrived=LATE)]))
    hour = {"slot_start_at": "2026-03-03T05:00:00Z", "scheduled_capacity": 2, "observed_at": "2026-03-01T00:00:00Z"}
    warehouse.add_capacity(hour | {"resource_id": "S1"})
    warehouse.build_untested()
    dates = """
        select service_date from marts.agg_store_daily where store_id = 'S1'
        union all select distinct service_date from marts.fct_demand_capacity_hourly where store_id = 'S1'
        union all select service_date from marts.fct_appointments where store_id = 'S1'
    """
    assert warehouse.execute(dates) == [(date(2026, 3, 2),)] * 3
    # most of its jobs are in New York now: also the job that was there before has other dates
    warehouse.add_jobs(job_in("b", "NY", create_time=LATE))
    warehouse.build_untested("--select", "+fct_appointments")  # as if killed then
    warehouse.build_untested()
    assert warehouse.execute(dates) == [(date(2026, 3, 3),)] * 3
    assert_equals_full_refresh(warehouse, tmp_path / "state")
    warehouse.insert("ops.stores", [{"marketplace_id": US, "store_id": "S1", "time_zone": "Asia/Tokyo"}])
    warehouse.build_untested("--select", "+agg_store_daily")  # as if killed then
    warehouse.execute("delete from ops.stores")
    warehouse.build_untested()
    assert warehouse.execute(dates) == [(date(2026, 3, 3),)] * 3
    assert_equals_full_refresh(warehouse, tmp_path / "file")
    changed = warehouse.execute("select service_job_id from intermediate.int_changed_jobs order by 1")
    assert changed == [("a",), ("b",)]
