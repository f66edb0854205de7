"""What earlier runs have left unread is read by the hours that follow."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from include.extract import leftovers, plan, runs
from include.services_api.errors import ServiceUnavailable
from include.warehouse import database, set_aside
from include.warehouse.loading import packages
from include.warehouse.loading.load import load_packages
from tests.extract.fakes import START, FakeClient, page

HOUR = timedelta(hours=1)
MARKETPLACE = "ATVPDKIKX0DER"


def detail(name, **more):
    return {"serviceJobId": name, "serviceJobStatus": "NOT_SERVICED", "storeId": f"store-of-{name}", **more}


def client_for(*pages, **details):
    client = FakeClient(list(pages), details)
    client.account = SimpleNamespace(name="seller", marketplace_ids=(MARKETPLACE,))
    client.now = client_for.now = client_for.now + HOUR  # later than what others have read
    return client


client_for.now = START + timedelta(days=40)


def run_hour(hour, client):
    return runs.scheduled_jobs(client, START + hour * HOUR, START + (hour + 1) * HOUR, f"hour-{hour}")


def rows(sql):
    with database.connect() as connection:
        load_packages(connection)
        return connection.execute(sql).fetchall()


def damage_the_package():
    (one,) = packages.waiting()
    (one.folder / "window.json").write_text("")


WINDOWS = "select window_start, status from ops.extract_windows where filter = 'updated' order by window_start, attempt"


@pytest.fixture
def a_lost_hour(warehouse):
    run_hour(0, client_for(page("a"), a=detail("a")))
    damage_the_package()
    assert rows("from raw.service_jobs") == []
    return START - timedelta(minutes=7)


def test_the_next_hour_reads_a_window_again_that_was_lost_with_its_package(a_lost_hour):
    run_hour(1, client_for(page("b"), page("a"), a=detail("a"), b=detail("b")))
    assert rows("select service_job_id from raw.service_jobs order by 1") == [("a",), ("b",)]
    assert rows(WINDOWS) == [(a_lost_hour, "failed"), (a_lost_hour, "complete"), (a_lost_hour + HOUR, "complete")]
    assert rows("select watermark from ops.watermarks") == [(START + 2 * HOUR - timedelta(minutes=2),)]
    assert [thing.is_settled for thing in set_aside.listed()] == [True]
    # once is enough: the next hour asks for its own window alone
    client = client_for(page())
    run_hour(2, client)
    assert client.bounds == [(a_lost_hour + 2 * HOUR, START + 3 * HOUR - timedelta(minutes=2))]


def test_a_run_that_is_cleared_settles_it_as_well(a_lost_hour):
    run_hour(0, client_for(page("a"), a=detail("a")))
    client = client_for(page())
    run_hour(1, client)
    assert len(client.bounds) == 1 and rows("select service_job_id from raw.service_jobs") == [("a",)]


def test_a_lost_window_that_fails_again_fails_nothing_else(a_lost_hour):
    broken = client_for(page("b"), b=detail("b"))
    broken.pages.append(ServiceUnavailable("503 for an hour"))
    assert run_hour(1, broken)["windows"] == 1
    assert rows("select service_job_id from raw.service_jobs") == [("b",)]
    assert [status for _, status in rows(WINDOWS)] == ["failed", "failed", "complete"]
    run_hour(2, client_for(page(), page("a"), a=detail("a")))
    assert rows("select count(*) from raw.service_jobs") == [(2,)]


def test_an_hour_reads_a_bounded_number_of_lost_windows(warehouse, monkeypatch):
    for window in plan.scheduled_jobs("seller", (MARKETPLACE,), START, START + HOUR, START + HOUR) * 3:
        lost = replace(window, start=window.start - len(list(set_aside.listed())) * HOUR)
        packages.begin(lost, "run").complete("load-1")
        damage_the_package()
        rows("select 1")
    monkeypatch.setattr(leftovers, "MOST_WINDOWS", 2)
    for asked, hour in ((3, 3), (2, 4), (1, 5)):
        client = client_for(*[page()] * 3)
        run_hour(hour, client)
        assert len(client.bounds) == asked
