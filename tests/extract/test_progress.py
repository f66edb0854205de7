"""A backfill that is stopped goes on where it was, and tells how far it is."""

import os
import re
from datetime import UTC, datetime, timedelta

import pytest

from include.extract import packaging, progress, runs
from include.extract.backfill import Backfill
from include.services_api.errors import RateLimited
from include.warehouse import paths
from tests.extract.fakes import START, FakeClient, page

DAYS = {"start": START.isoformat(), "end": (START + timedelta(days=3)).isoformat()}
NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def windows_of_a_day(warehouse, monkeypatch):
    monkeypatch.setenv("SERVICES_BACKFILL_WINDOW_HOURS", "24")


def client(*pages, **details) -> FakeClient:
    one = FakeClient(
        list(pages), {name: detail or {"serviceJobId": name, "serviceJobStatus": "HOLD"} for name, detail in details.items()}
    )
    one.account.marketplace_ids = ("ATVPDKIKX0DER",)
    return one


def run(client, asked_at=NOW, show=lambda text: None, **params):
    return runs.backfill(client, Backfill.from_params(DAYS | params), asked_at, "run", show)


def stopped() -> FakeClient:
    """A backfill whose middle window failed."""
    one = client(page("a"), page("b"), page("c"), a=None, b=RateLimited("429 for an hour"), c=None)
    with pytest.raises(packaging.WindowsFailed, match="1 of 3 windows failed"):
        run(one)
    return one


def test_what_was_read_is_not_read_again():
    stopped()
    again = client(page("b"), b=None)
    # a run of another day, with the same parameters
    assert run(again, NOW + timedelta(days=1))["windows"] == 3
    assert again.bounds == [(START + timedelta(days=1), START + timedelta(days=2))]


def test_once_it_is_at_its_end_everything_is_read_again():
    run(client(page("a"), page(), page(), a=None))
    again = client(page("a"), page(), page(), a=None)
    run(again)
    assert len(again.bounds) == 3
    assert list(paths.backfills_dir().iterdir()) == []


def test_another_backfill_reads_everything():
    stopped()
    another = client(page(), page(), page())
    run(another, by="created")
    assert len(another.bounds) == 3


def test_after_a_week_everything_is_read_again():
    stopped()
    (begun,) = paths.backfills_dir().glob("*/begun_at")
    long_ago = (datetime.now(UTC) - progress.REMEMBERED - timedelta(hours=1)).timestamp()
    os.utime(begun, (long_ago, long_ago))
    again = client(page(), page(), page())
    run(again)
    assert len(again.bounds) == 3


def test_a_list_of_jobs_goes_on_in_another_run(monkeypatch):
    monkeypatch.setattr("include.extract.jobs.BATCH_JOBS", 1)
    monkeypatch.setenv("SERVICES_THREADS", "1")  # one after the other
    wanted = {"start": None, "end": None, "job_ids": ["a", "b"]}
    one = client(a=None, b=RateLimited("429 for an hour"))
    with pytest.raises(packaging.WindowsFailed):
        run(one, **wanted)
    again = client(b=None)
    run(again, NOW + timedelta(days=1), **wanted)
    assert again.asked == ["b"]


def test_progress_is_told_in_words(monkeypatch):
    monkeypatch.setattr("include.extract.jobs.BATCH_JOBS", 1)
    seen = []
    run(client(page("a", "b"), page("c"), page(), a=None, b=None, c=None), show=seen.append)
    assert [text.split(" jobs,")[0] for text in seen] == [
        "0 of 3 windows, 1", "0 of 3 windows, 2", "1 of 3 windows, 2", "1 of 3 windows, 3", "2 of 3 windows, 3",
        "3 of 3 windows, 3",
    ]  # fmt: skip
    assert all(re.search(r"[\d.]+ jobs/s, \d+ s left$", text) for text in seen[:-1])
    assert seen[-1].endswith("s spent")


def test_the_time_that_is_left(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    one = progress.Progress(10)
    # read before: that says nothing of the speed
    one.window(is_read=False)
    now[0] = 600
    one.batch(6_000, 0.5)
    one.window()
    one.batch(6_000, 1.0)
    one.window()
    assert str(one) == "3 of 10 windows, 12,000 jobs, 20.0 jobs/s, 35 min left"
    now[0] = 900
    one.batch(6_000, 0.5)
    assert str(one) == "3 of 10 windows, 18,000 jobs, 20.0 jobs/s, 39 min left"
