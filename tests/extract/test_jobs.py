"""Listing with proof, details, and what an attempt leaves to the next."""

from collections import Counter
from datetime import timedelta

import pytest

from include.extract import listing, packaging
from include.extract.jobs import service_jobs
from include.extract.privacy import BuyerKeys
from include.services_api import limits
from include.services_api.errors import ServiceUnavailable
from include.services_api.paging import EndlessPaging
from include.warehouse import database
from include.warehouse.loading import packages
from include.warehouse.loading.load import load_packages
from include.warehouse.loading.windows import BACKFILL, IDS, JOBS, UPDATED, Window
from tests.extract.fakes import START, FakeClient, page

KEYS = BuyerKeys("a secret of sixteen or more")


def window(hours=1, filter=UPDATED, start=START):
    return Window("seller", "ATVPDKIKX0DER", JOBS, BACKFILL, filter, start, start + timedelta(hours=hours))


def read(client, *windows, job_ids=()):
    def resources(one, package, counts: Counter):
        return [service_jobs(client, one, package, KEYS, counts, job_ids)]

    return packaging.pack_windows(client, list(windows) or [window()], resources, "run-1")


def load():
    with database.connect() as connection:
        load_packages(connection)
        jobs = connection.execute("select service_job_id, has_detail, store_id from raw.service_jobs order by 1").fetchall()
        windows = connection.execute(
            "select status, listed, distinct_jobs, total_result_size, details, details_missing from ops.extract_windows"
        ).fetchall()
        lost = "filter <> 'ids' and status = 'complete' and loaded_jobs is distinct from distinct_jobs"
        assert connection.execute(f"from ops.extract_windows where {lost}").fetchall() == []
    return jobs, windows


def detail(name, **more):
    return {"serviceJobId": name, "serviceJobStatus": "NOT_SERVICED", "storeId": f"store-of-{name}", **more}


def test_pages_are_read_to_the_end():
    client = FakeClient(pages=[page("a", "b", total=3, token="t1"), page("c", total=3)])
    found = listing.list_window(client, window())
    assert sorted(found.jobs) == ["a", "b", "c"] and found.pages == 2 and found.total_result_size == 3


@pytest.mark.parametrize(
    ("pages", "name"),
    [
        ([page("a", "b", total=4, token="t1"), page("c", total=3)], "the total changed"),
        ([page("a", "b", total=4, token="t1"), page("b", "c", total=4)], "a job was skipped"),
        ([page("a", total=9, token="t1"), page("b", total=9, token="t1")], "a token came again"),
        ([page("a", total=9, token="t1"), page("a", total=9, token="t2")], "a page without a new job"),
    ],
)
def test_a_list_that_moved_is_read_again(pages, name):
    client = FakeClient(pages=[*pages, page("a", "b", "c", "d")])
    assert sorted(listing.list_window(client, window()).jobs) == ["a", "b", "c", "d"]


def test_a_list_without_an_end_is_not_read_again(monkeypatch):
    """Reading it again, or a shorter part of it, would take hours and not end either."""
    monkeypatch.setattr(limits, "LISTING_PAGES", 50)
    pages = [page(f"job-{number}", total=10_000, token=f"t{number}") for number in range(200)]
    client = FakeClient(pages=pages)
    with pytest.raises(EndlessPaging, match=r"getServiceJobs.*has not ended after 51 pages"):
        listing.list_window(client, window())
    assert len(pages) == 149


def test_a_list_that_goes_on_past_its_total_is_read_again():
    beyond = [page(f"job-{number}", total=3, token=f"t{number}") for number in range(4)]
    client = FakeClient(pages=[*beyond, page("a")])
    assert sorted(listing.list_window(client, window()).jobs) == ["a"]


def test_a_page_that_holds_nothing_at_all_is_no_empty_list():
    client = FakeClient(pages=[{}, page("a")])
    assert sorted(listing.list_window(client, window()).jobs) == ["a"]


def test_a_list_that_keeps_moving_is_halved():
    moved = [page("a", total=2)] * listing.READINGS
    client = FakeClient(pages=[*moved, page("a"), page("a", "b")])
    found = listing.list_window(client, window())
    assert sorted(found.jobs) == ["a", "b"]
    half = START + timedelta(minutes=30)
    assert client.bounds[-2:] == [(START, half), (half, START + timedelta(hours=1))]


def test_a_list_that_never_holds_still_is_refused_with_the_numbers():
    client = FakeClient(pages=[page("a", total=2)] * 100)
    with pytest.raises(listing.IncompleteListing, match="1 different jobs were read of 2"):
        listing.list_window(client, window())


def test_a_window_of_too_many_jobs_becomes_two_without_paging_it(warehouse):
    first = page("a", total=listing.MOST_JOBS + 1, token="t")
    client = FakeClient([first, page("a"), page("b")], {"a": detail("a"), "b": detail("b")})
    assert read(client)["windows"] == 2
    jobs, windows = load()
    assert [name for name, *_ in jobs] == ["a", "b"] == client.asked
    assert windows == [("complete", 1, 1, 1, 1, 0)] * 2
    half = START + timedelta(minutes=30)
    assert client.bounds[1:] == [(START, half), (half, START + timedelta(hours=1))]


def test_a_client_that_may_take_less_pages_less_at_once():
    client = FakeClient(pages=[page("a", total=listing.MOST_JOBS // 2, token="t")], max_share=0.25)
    with pytest.raises(listing.TooLong, match="more than 5000"):
        listing.list_window(client, window())


def test_the_detail_wins_and_the_list_fills_in(warehouse):
    client = FakeClient([page("a", "b")], {"a": detail("a"), "b": None})
    assert read(client)["details_missing"] == 1
    jobs, windows = load()
    # `b` is listed and answers 404: what the list said stays, and is marked
    assert jobs == [("a", True, "store-of-a"), ("b", False, None)]
    assert windows == [("complete", 2, 2, 2, 1, 1)]


def test_a_job_without_an_id_is_counted_and_quarantined(warehouse):
    nameless = {"totalResultSize": 2, "jobs": [{"serviceJobStatus": "HOLD"}, {"serviceJobId": "a"}]}
    read(FakeClient([nameless], {"a": detail("a")}))
    jobs, windows = load()
    assert [name for name, *_ in jobs] == ["a"] and windows == [("complete", 2, 2, 2, 1, 0)]
    with database.connect() as connection:
        found = connection.execute("select record_key, field from ops.quarantined_records").fetchall()
    assert found == [(None, "serviceJobId")]


def test_an_empty_window_is_complete(warehouse):
    read(FakeClient([page()]))
    assert load() == ([], [("complete", 0, 0, 0, 0, 0)])


def test_a_failed_window_does_not_stop_the_others(warehouse):
    pages = [page("a"), ServiceUnavailable("503 for an hour"), page("c")]
    client = FakeClient(pages, {"a": detail("a"), "c": detail("c")})
    windows = [window(start=START + timedelta(hours=hour)) for hour in range(3)]
    with pytest.raises(packaging.WindowsFailed, match=r"1 of 3 windows failed(.|\n)*503 for an hour"):
        read(client, *windows)
    jobs, rows = load()
    assert [name for name, *_ in jobs] == ["a", "c"]
    assert sorted(status for status, *_ in rows) == ["complete", "complete", "failed"]


def test_an_api_that_is_away_is_not_asked_for_hours(warehouse):
    client = FakeClient([ServiceUnavailable("503 for an hour")] * 10)
    windows = [window(start=START + timedelta(hours=hour)) for hour in range(10)]
    with pytest.raises(packaging.WindowsFailed, match="3 of 10 windows failed, 7 were not tried"):
        read(client, *windows)


def test_what_a_killed_attempt_has_read_is_not_asked_again(warehouse):
    from include.extract import records

    earlier = packages.begin(window(), "run-0")
    known = records.job(window(), detail("a"), True, START, KEYS)
    earlier.spool("service_jobs", records.batch("service_jobs", [known.row]))
    earlier._lock.release()  # as the system does when a process dies
    client = FakeClient([page("a", "b")], {"a": detail("a"), "b": detail("b")})
    read(client)
    assert client.asked == ["b"]
    jobs, rows = load()
    assert [name for name, *_ in jobs] == ["a", "b"]
    assert sorted(status for status, *_ in rows) == ["complete", "failed"]


def test_jobs_that_are_named_need_no_list(warehouse):
    client = FakeClient([], {"a": detail("a"), "gone": None})
    read(client, window(hours=0, filter=IDS), job_ids=("a", "gone"))
    jobs, _ = load()
    assert [name for name, *_ in jobs] == ["a"]
    with database.connect() as connection:
        found = connection.execute("select record_key, reason from ops.quarantined_records").fetchall()
    assert found == [("gone", "the API knows no service job with this id")]
