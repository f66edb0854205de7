"""No window ends past the API's clock; what it could not read yet is read by the next, without a gap."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from include.extract import packaging, plan, runs, shortened
from include.extract.backfill import Backfill
from include.services_api.errors import ClockWrong
from include.warehouse import database, paths
from include.warehouse.loading import packages
from include.warehouse.loading.load import load_packages
from tests.extract.fakes import FakeClient, page

US = "ATVPDKIKX0DER"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LAG, OVERLAP = 2 * MINUTE, 5 * MINUTE
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


class Clock:
    """The API's clock, at a time that a test sets."""

    def __init__(self, time: datetime) -> None:
        self.time, self.listed_at = time, None

    def now(self) -> datetime:
        return self.time

    def at(self, instant: float) -> datetime:
        return self.listed_at or self.time

    check = now


def client(now: datetime, *pages: dict) -> FakeClient:
    one = FakeClient(list(pages) or [page() for _ in range(9)], clock=Clock(now))
    one.account = SimpleNamespace(name="seller", marketplace_ids=(US,))
    return one


def hour(now: datetime, end: datetime, start: datetime | None = None) -> tuple[datetime, datetime]:
    """What a scheduled run of the hour that ends at `end` asks the API for."""
    one = client(now)
    runs.scheduled_jobs(one, start or end - HOUR, end, "run")
    (asked,) = one.bounds
    return asked


def ledger(query: str) -> list[tuple]:
    with database.connect() as connection:
        load_packages(connection)
        return connection.execute(query).fetchall()


WATERMARK = "select watermark from ops.watermarks where entity = 'jobs'"


def test_an_hour_that_is_over_is_read_as_ever(warehouse):
    assert hour(NOON, NOON) == (NOON - HOUR - LAG - OVERLAP, NOON - LAG)
    assert hour(NOON + 30 * HOUR, NOON) == (NOON - HOUR - LAG - OVERLAP, NOON - LAG)
    assert not paths.shortened_dir().exists()


def test_a_scheduler_that_is_ahead_leaves_no_gap(warehouse):
    """By 20 minutes, more than windows overlap, three hours long; then its clock is set."""
    asked = [hour(NOON - 20 * MINUTE + number * HOUR, NOON + number * HOUR) for number in range(3)]
    assert [end for _, end in asked] == [NOON - 22 * MINUTE + number * HOUR for number in range(3)]
    assert [start for start, _ in asked[1:]] == [end - OVERLAP for _, end in asked[:2]]
    assert ledger(WATERMARK) == [(NOON + 2 * HOUR - 22 * MINUTE,)]
    assert hour(NOON + 3 * HOUR, NOON + 3 * HOUR) == (asked[-1][1] - OVERLAP, NOON + 3 * HOUR - LAG)
    assert hour(NOON + 4 * HOUR, NOON + 4 * HOUR) == (NOON + 3 * HOUR - LAG - OVERLAP, NOON + 4 * HOUR - LAG)
    assert ledger(WATERMARK) == [(NOON + 4 * HOUR - LAG,)]
    assert list(paths.shortened_dir().iterdir()) == []


def test_an_end_that_lies_years_ahead_moves_nothing_past_now(warehouse):
    now = NOON + 7 * MINUTE
    assert hour(now, datetime(2030, 1, 1, tzinfo=UTC), start=NOON - HOUR)[1] == now - LAG
    assert ledger(WATERMARK) == [(now - LAG,)]
    # the next hour counts on nothing that was not read
    assert hour(NOON + 5 * HOUR, NOON + 5 * HOUR)[0] == now - LAG - OVERLAP
    assert ledger(WATERMARK) == [(NOON + 5 * HOUR - LAG,)]
    # and who reads an old hour again changes nothing of it
    hour(NOON + 5 * HOUR, NOON - 5 * HOUR)
    assert shortened.rest_of("seller", US).start == NOON + 5 * HOUR - LAG


def test_the_hour_that_was_short_can_be_read_again(warehouse):
    hour(NOON - 20 * MINUTE, NOON)
    assert hour(NOON + MINUTE, NOON)[1] == NOON - LAG
    assert shortened.rest_of("seller", US) is None


def test_a_note_that_cannot_be_read_is_left_out(warehouse):
    hour(NOON - 20 * MINUTE, NOON)
    (note,) = paths.shortened_dir().iterdir()
    note.write_text("{")
    assert hour(NOON + HOUR, NOON + HOUR)[0] == NOON - LAG - OVERLAP


def test_a_range_that_lies_ahead_is_refused(warehouse):
    with pytest.raises(plan.NothingToRead, match=r"12:00.* has not begun by the API's clock, which says 2026-10-01 11:40"):
        hour(NOON - 20 * MINUTE, NOON + HOUR)
    assert packages.waiting() == [] and not paths.shortened_dir().exists()


def test_a_backfill_ends_at_the_apis_clock(warehouse):
    """Also one that was begun by a clock that was ahead."""
    wanted = Backfill.from_params({"start": (NOON - HOUR).isoformat(), "end": "2030-01-01T00:00:00Z"})
    one = client(NOON)
    runs.backfill(one, wanted, NOON + 20 * MINUTE, "run")
    assert one.bounds == [(NOON - HOUR, NOON - LAG)]


def test_what_lies_ahead_is_seen_from_now(warehouse):
    (window,) = plan.scheduled_snapshot("seller", "resource_capacity", (US,), datetime(2030, 1, 1, tzinfo=UTC), NOON)
    assert window.start == NOON - HOUR


def test_a_window_that_turns_out_not_to_be_over_is_not_complete(warehouse):
    """The token's answer agreed with a clock that was ahead, the API's own do not."""
    one = client(NOON)
    one.clock.listed_at = NOON - 20 * MINUTE
    with pytest.raises(packaging.WindowsFailed, match=r"it was listed from 2026-10-01 11:40:00 UTC on by the API's clock"):
        runs.scheduled_jobs(one, NOON - HOUR, NOON, "run")
    assert ledger("select status from ops.extract_windows") == [("failed",)]
    assert ledger(WATERMARK) == []


def test_a_wrong_clock_writes_no_window(warehouse):
    one = client(NOON)
    one.checked_time = lambda: (_ for _ in ()).throw(ClockWrong("this machine's clock"))
    for run in (
        lambda: runs.scheduled_jobs(one, NOON - HOUR, NOON, "run"),
        lambda: runs.scheduled_availability(one, NOON, "run"),
        lambda: runs.backfill(one, Backfill.from_params({"job_ids": ["a"]}), NOON, "run"),
    ):
        with pytest.raises(ClockWrong):
            run()
    assert packages.waiting() == [] and one.bounds == [] and not paths.backfills_dir().exists()


def test_times_of_a_package_are_the_apis(warehouse):
    one = client(NOON - 90 * timedelta(seconds=1))
    runs.scheduled_jobs(one, NOON - 2 * HOUR, NOON - HOUR, "run")
    assert ledger("select distinct started_at, finished_at from ops.extract_windows") == [(one.clock.now(), one.clock.now())]
