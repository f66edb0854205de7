"""A job whose detail cannot be read: its window is read all the same, and it is asked for again until it is read."""

import json
import logging
from datetime import timedelta

import pytest

from include.extract import leftovers, packaging
from include.services_api import errors
from include.warehouse import paths
from include.warehouse.loading import missing_details, packages
from include.warehouse.loading.windows import IDS
from tests.extract.fakes import START, FakeClient, page
from tests.extract.test_jobs import detail, load, read, window
from tests.extract.test_leftovers import client_for, rows, run_hour

MAIL = "a.buyer@example.com"
BROKEN = [
    errors.ServiceUnavailable(
        f"HTTP 500. {MAIL}", status=500, request_id="r-1", refusals=(errors.Refusal("InternalFailure", MAIL),)
    ),
    errors.ServiceUnavailable("no answer (ReadTimeout)."),
    errors.Refused("refused, although with HTTP 200.", status=200, refusals=(errors.Refusal("InvalidInput", MAIL),)),
    errors.BadRequest("HTTP 400.", status=400),
    errors.NotFound("HTTP 404.", status=404),
    errors.InvalidParameter("`service_job_id` should be 1 to 100 characters"),
    {},
    {"serviceJobId": "b"},
    {"message": "internal", "code": 7},
    detail("another"),
    {"jobs": [detail("b")], "totalResultSize": 1},
]
FINDING = "select record_key, field, reason, payload from ops.quarantined_records"
MISSING = "select service_job_id, has_detail from raw.service_jobs order by service_job_id, observed_at"


@pytest.fixture
def clock(monkeypatch):
    """The hours at which missing details are asked for."""
    now = [START + timedelta(days=1)]
    monkeypatch.setattr(leftovers, "_now", lambda client: now[0])
    return now


@pytest.mark.parametrize("broken", BROKEN, ids=repr)
def test_a_detail_that_cannot_be_read_does_not_fail_its_window(warehouse, broken):
    counts = read(FakeClient([page("a", "b", "c")], {"a": detail("a"), "b": broken, "c": detail("c")}))
    assert (counts["details"], counts["details_missing"]) == (2, 1)
    jobs, windows = load()
    assert jobs == [("a", True, "store-of-a"), ("b", False, None), ("c", True, "store-of-c")]
    assert windows == [("complete", 3, 3, 3, 2, 1)]
    ((key, field, reason, payload),) = rows(FINDING)
    assert (key, field, payload) == ("b", "detail", None) and reason.startswith("its detail could not be read: ")
    everything = str(rows("from ops.quarantined_records") + rows("from raw.service_jobs"))
    assert MAIL not in everything and "r-1" not in reason


@pytest.mark.parametrize(
    "broken", [errors.AccessDenied("HTTP 403."), errors.RateLimited("HTTP 429."), OSError("disk full")], ids=repr
)
def test_what_is_not_about_one_job_fails_the_window(warehouse, broken):
    with pytest.raises(packaging.WindowsFailed, match=str(broken)):
        read(FakeClient([page("a", "b")], {"a": detail("a"), "b": broken}))
    assert load()[0] == []


@pytest.mark.parametrize(("jobs", "broken", "is_read"), [(21, 20, True), (21, 21, False), (3_000, 30, True), (3_000, 31, False)])
def test_too_many_of_them_are_an_outage(warehouse, jobs, broken, is_read):
    names = [f"j{number}" for number in range(jobs)]
    found = {name: errors.ServiceUnavailable("HTTP 500.") if place < broken else detail(name) for place, name in enumerate(names)}
    client = FakeClient([page(*names)], found)
    if is_read:
        assert read(client)["details_missing"] == broken
    else:
        with pytest.raises(packaging.WindowsFailed, match=f"{broken} of the details of {jobs} jobs") as failed:
            read(client)
        # so that the task is tried again
        assert isinstance(failed.value.__cause__.__cause__, errors.ServiceUnavailable)
    assert [status for status, *_ in load()[1]] == ["complete" if is_read else "failed"]


def test_an_attempt_that_goes_on_counts_what_the_one_before_had_missed(warehouse, monkeypatch):
    broken = FakeClient([page("a", "b")], {"a": errors.ServiceUnavailable("HTTP 500."), "b": errors.RateLimited("HTTP 429.")})
    monkeypatch.setenv("SERVICES_THREADS", "1")  # one after the other
    monkeypatch.setattr("include.extract.jobs.BATCH_JOBS", 1)
    with pytest.raises(packaging.WindowsFailed):
        read(broken)
    client = FakeClient([page("a", "b")], {"b": detail("b")})
    assert read(client)["details_missing"] == 1 and client.asked == ["b"]
    assert load()[1][-1] == ("complete", 2, 2, 2, 1, 1)


def test_the_next_hour_asks_again_and_what_it_reads_is_the_newest_version(warehouse, clock):
    run_hour(0, client_for(page("a", "b"), a=detail("a"), b=errors.ServiceUnavailable("HTTP 500.")))
    assert rows(MISSING) == [("a", True), ("b", False)]
    healed = client_for(page(), b=detail("b", serviceJobStatus="COMPLETED"))
    assert run_hour(1, healed)["details"] == 1 and healed.asked == ["b"]
    assert rows(MISSING) == [("a", True), ("b", False), ("b", True)]
    assert rows("select mode, filter, status, details from ops.extract_windows where filter = 'ids'") == [
        ("backfill", IDS, "complete", 1)
    ]
    # it says nothing of a range of time
    assert rows("select count(*) from ops.watermarks") == [(1,)]
    clock[0] += timedelta(days=30)
    after = client_for(page())
    run_hour(2, after)
    assert after.asked == [] and json.loads((paths.details_dir() / "missing.json").read_text()) == {}


def test_what_a_backfill_left_is_healed_by_the_schedule(warehouse, clock):
    read(FakeClient([page("b")], {"b": errors.Refused("refused, although with HTTP 200.")}))
    load()
    run_hour(1, client_for(page(), b=detail("b")))
    assert rows(MISSING) == [("b", False), ("b", True)]


def test_jobs_that_were_named_are_asked_for_again_unless_nobody_knows_them(warehouse, clock):
    named = {"a": errors.ServiceUnavailable("HTTP 500."), "gone": None}
    read(FakeClient([], named), window(hours=0, filter=IDS), job_ids=("a", "gone"))
    assert load()[1] == [("complete", 2, 2, 2, 0, 2)]
    client = client_for(page(), a=detail("a"))
    run_hour(1, client)
    assert client.asked == ["a"] and rows(MISSING) == [("a", True)]


def test_a_job_that_is_never_readable_is_asked_for_less_and_less(warehouse, clock, caplog):
    run_hour(0, client_for(page("b"), b=errors.ServiceUnavailable("HTTP 500.")))
    rows("select 1")
    asked = []
    with caplog.at_level(logging.WARNING):
        for hour in range(24 * 30):
            clock[0] += timedelta(hours=1)
            client = FakeClient([], {"b": errors.ServiceUnavailable("HTTP 500.")})
            client.account = client_for().account
            with missing_details.asking("seller") as turn:
                if turn.due(clock[0]):
                    turn.note(turn.missing, clock[0])
                    asked.append(hour)
    assert asked[:5] == [0, 1, 3, 7, 14] and len(asked) < 14 and asked[-1] > 24 * 20


def test_an_hour_asks_for_a_bounded_number_and_stops_where_most_stay_unread(warehouse, clock, monkeypatch):
    monkeypatch.setattr(leftovers, "ROUND", 2)
    monkeypatch.setattr(leftovers, "ROUNDS", 2)
    names = [f"j{number}" for number in range(8)]
    broken = {name: errors.ServiceUnavailable("HTTP 500.") for name in names}
    run_hour(0, client_for(page(*names), **broken))
    rows("select 1")
    client = client_for(page(), **broken)
    run_hour(1, client)
    assert len(client.asked) == 2  # the others would stay unread, too
    client = client_for(page(), **{name: detail(name) for name in names})
    run_hour(1, client)
    # first those that were never asked for
    assert len(client.asked) == 4 and not set(client.asked) & set(names[:2])
    assert rows("select count(*) filter (where has_detail) from raw.service_jobs") == [(4,)]


def test_two_hours_at_once_do_not_ask_for_the_same(warehouse, clock):
    run_hour(0, client_for(page("b"), b=errors.ServiceUnavailable("HTTP 500.")))
    rows("select 1")
    client = client_for(page(), b=detail("b"))
    with missing_details.asking("seller") as turn:
        assert turn.missing
        run_hour(1, client)
    assert client.asked == []


def test_an_hour_that_cannot_ask_again_is_read_all_the_same(warehouse, clock):
    run_hour(0, client_for(page("b"), b=errors.ServiceUnavailable("HTTP 500.")))
    rows("select 1")
    assert run_hour(1, client_for(page("c"), c=detail("c"), b=errors.AccessDenied("HTTP 403.")))["details"] == 1
    assert rows(MISSING) == [("b", False), ("c", True)]


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b'{"seller": 7}', b'{"seller": [["X"], 3, [null, null]], "b": [0, "noon"]}']
)
@pytest.mark.parametrize("file", ["missing.json", f"asked-{missing_details._digest('seller')}.json"])
def test_a_file_of_nonsense_is_written_anew(warehouse, clock, content, file):
    run_hour(0, client_for(page("b"), b=errors.ServiceUnavailable("HTTP 500.")))
    rows("select 1")
    (paths.details_dir() / file).write_bytes(content)
    run_hour(1, client_for(page(), b=errors.ServiceUnavailable("HTTP 500.")))
    rows("select 1")
    clock[0] += timedelta(hours=3)
    run_hour(2, client_for(page(), b=detail("b")))
    assert rows(MISSING)[-1] == ("b", True)


def test_a_time_ahead_of_the_clock_holds_nobody_up(warehouse, clock):
    run_hour(0, client_for(page("b"), b=errors.ServiceUnavailable("HTTP 500.")))
    rows("select 1")
    with missing_details.asking("seller") as turn:
        turn.note(turn.missing, clock[0] + timedelta(days=400))
        assert [job.service_job_id for job in turn.due(clock[0])] == ["b"]


def test_packages_of_before_have_no_count_of_missing_details(warehouse):
    one = packages.begin(window(), "run-1")
    one.complete("load-1", details=0)
    assert "details_missing" not in one.row
    assert rows("select status, details, details_missing from ops.extract_windows") == [("complete", 0, None)]
