"""What a backfill may ask for, and what it refuses before the first call."""

import math
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from include.extract import backfill
from include.extract.backfill import Backfill, BadBackfill
from include.warehouse.loading.windows import BACKFILL, CREATED, IDS, UPDATED
from tests.extract.fakes import FakeClient, page

RANGE = {"start": "2026-10-01T00:00:00Z", "end": "2026-10-20T00:00:00Z"}


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({}, "`start` should be a time in ISO 8601"),
        ({"start": "2026-10-01T00:00:00Z"}, "`end` should be a time"),
        ({**RANGE, "start": "last week"}, "'last week'.*Example"),
        ({"start": RANGE["end"], "end": RANGE["start"]}, "not after its start"),
        ({"start": RANGE["start"], "end": RANGE["start"]}, "not after its start"),
        ({**RANGE, "by": "touched"}, "`by` should be 'updated' or 'created'"),
        ({**RANGE, "entities": ["invoices"]}, "invoices"),
        ({**RANGE, "entities": ["resource_capacity"]}, "only the present of slots"),
        ({**RANGE, "accounts": ["nobody"]}, "`accounts` names nobody, but SERVICES_CONNECTIONS holds amazon_services_default"),
        ({**RANGE, "accounts": "nobody"}, "`accounts` should be a list"),
        ({**RANGE, "job_ids": ["job-1"]}, "not both"),
        ({"job_ids": [17]}, "`job_ids` should be a list of texts"),
        ({**RANGE, "max_share": 0}, "`max_share` should be above 0 and at most 1"),
        ({**RANGE, "max_share": "half"}, "'half'"),
        ({**RANGE, "start": "0001-01-01T00:00:00+23:00"}, "Example"),
        ({"job_ids_file": "/nowhere/report.csv"}, "/nowhere/report.csv.*SERVICES_INPUT_DIR"),
    ],
)
def test_bad_parameters_are_refused(params, says):
    with pytest.raises(BadBackfill, match=says) as refused:
        Backfill.from_params(params)
    assert "Example: {" in str(refused.value)


def test_a_range_is_cut_into_windows_that_touch(monkeypatch):
    monkeypatch.setenv("SERVICES_BACKFILL_WINDOW_HOURS", "168")
    wanted = Backfill.from_params({**RANGE, "by": "created"})
    windows = wanted.windows("seller", ("ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"), datetime.now(UTC))
    assert {(window.mode, window.filter) for window in windows} == {(BACKFILL, CREATED)}
    us = [window for window in windows if window.marketplace_id == "ATVPDKIKX0DER"]
    assert len(us) == math.ceil(19 / 7) and len(windows) == 2 * len(us)
    assert us[0].start == datetime(2026, 10, 1, tzinfo=UTC) and us[-1].end == datetime(2026, 10, 20, tzinfo=UTC)
    assert all(left.end == right.start for left, right in pairwise(us))


def test_a_date_without_a_zone_is_utc():
    wanted = Backfill.from_params({"start": "2026-10-01", "end": "2026-10-02T02:00:00+02:00"})
    assert (wanted.start, wanted.end) == (datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "Order ID,Service Job ID,Status\n1,job-1,HOLD\n2,job-2,HOLD\n",
        '\ufeff"Status","service_job_id"\r\n"a, b",job-1\r\nHOLD,job-2\r\n',
        "job-1\njob-2\n\njob-1\n",
    ],
)
def test_job_ids_come_from_a_file(tmp_path, text):
    file = tmp_path / "report.csv"
    file.write_text(text, encoding="utf-8")
    wanted = Backfill.from_params({"job_ids_file": str(file)})
    assert wanted.job_ids == ("job-1", "job-2")
    (window,) = wanted.windows("seller", ("ATVPDKIKX0DER",), datetime.now(UTC))
    assert window.filter == IDS


@pytest.mark.parametrize("text", ["", "Order,Status\n1,HOLD\n", "a file of prose\nwith no ids\n"])
def test_a_file_without_ids_is_refused(tmp_path, text):
    file = tmp_path / "report.csv"
    file.write_text(text)
    with pytest.raises(BadBackfill, match=r"holds no job ids(.|\n)*Example: "):
        Backfill.from_params({"job_ids_file": str(file)})


def test_a_dry_run_asks_once_a_window_and_reads_nothing(monkeypatch):
    monkeypatch.setenv("SERVICES_BACKFILL_WINDOW_HOURS", "168")
    client = FakeClient(pages=[page("a", total=1500), page("b", total=480), page(total=0)])
    windows = Backfill.from_params(RANGE).windows("seller", ("ATVPDKIKX0DER",), datetime.now(UTC))
    found = backfill.expect(client, windows, ())
    assert len(client.bounds) == 3 and client.asked == []
    # 75 + 24 + 1 pages at 10 a second, then 1,980 details of which 40 come from the burst and the rest at 20 a second
    assert found == {"windows": 3, "jobs": 1980, "calls": 100 + 1980, "minutes": round((10 + 97) / 60, 1)}
    assert {window.filter for window in windows} == {UPDATED}


def test_a_dry_run_knows_the_share_and_that_long_windows_are_cut(monkeypatch):
    monkeypatch.setenv("SERVICES_BACKFILL_WINDOW_HOURS", "744")
    windows = Backfill.from_params(RANGE).windows("seller", ("ATVPDKIKX0DER",), datetime.now(UTC))
    found = backfill.expect(FakeClient(pages=[page("a", total=20_000)], max_share=0.5), windows, ())
    assert found == {"windows": 2, "jobs": 20_000, "calls": 21_000, "minutes": round((100 + 998) / 60 * 2, 1)}


def test_a_range_ends_where_there_is_nothing_yet(monkeypatch):
    monkeypatch.setenv("SERVICES_SETTLE_LAG_MINUTES", "2")
    asked_at = datetime(2026, 10, 3, tzinfo=UTC)
    (window,) = Backfill.from_params(RANGE).windows("seller", ("ATVPDKIKX0DER",), asked_at)
    assert window.end == datetime(2026, 10, 2, 23, 58, tzinfo=UTC)
    with pytest.raises(BadBackfill, match="nothing to read"):
        Backfill.from_params(RANGE).windows("seller", ("ATVPDKIKX0DER",), datetime(2026, 10, 1, tzinfo=UTC))
