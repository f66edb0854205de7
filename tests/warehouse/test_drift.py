"""ops.schema_drift counts what complete windows have met: once for each package, whatever dies when."""

from datetime import timedelta

import pytest

from include.extract import records
from include.extract.drift import MOST_PATHS, WindowDrift
from include.extract.privacy import BuyerKeys
from include.privacy.minimization import FURTHER, MOST_UNKNOWN
from include.warehouse.loading import load, packages
from include.warehouse.loading.packages import Package
from tests.warehouse.test_load import NOON, load_all, package, rows, window

KEYS = BuyerKeys("a secret of sixteen or more")
DRIFT = "select path, kind, times, is_value_kept, example from ops.schema_drift order by path"


def met(*payloads: dict, minute: int = 0, the_window=None) -> list[dict]:
    drift = WindowDrift(the_window or window())
    for payload in payloads:
        job = {"serviceJobId": "job-1"} | payload
        drift.add(records.job(window(), job, True, NOON + timedelta(minutes=minute), KEYS).drift)
    return drift.take()


def test_payloads_are_counted_and_windows_are_added_up(warehouse):
    package(schema_drift=met({"tier": "gold"}, {"tier": "silver"}, {"serviceJobStatus": "PAUSED"}))
    load_all()
    package(window(start=NOON + timedelta(hours=1)), schema_drift=met({"tier": 3, "scopeOfWork": []}, minute=60))
    load_all()
    assert rows(DRIFT) == [
        ("scopeOfWork", "other_type", 1, False, None),
        ("serviceJobStatus", "unknown_value", 1, True, '"PAUSED"'),
        ("tier", "unknown_field", 3, True, "3"),
    ]
    first, last, longest = rows(
        "select first_observed_at, last_observed_at, longest_value from ops.schema_drift where path = 'tier'"
    )[0]
    assert (first, last, longest) == (NOON, NOON + timedelta(hours=1), 6)


def test_a_package_that_is_folded_twice_is_counted_once(warehouse, monkeypatch):
    package(schema_drift=met({"tier": "gold"}))

    def dies(self: Package) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(Package, "retire", dies)
        with pytest.raises(KeyboardInterrupt):
            load_all()
    assert rows("select times from ops.schema_drift") == [(1,)]
    load_all()
    assert rows("select times from ops.schema_drift") == [(1,)] and packages.waiting() == []


def test_nothing_is_counted_of_a_package_that_was_rolled_back(warehouse, monkeypatch):
    package(schema_drift=met({"tier": "gold"}))
    with monkeypatch.context() as broken:
        broken.setattr(load, "record_window", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            load_all()
    assert load_all()["schema_drift"] == 1
    assert rows("select times from ops.schema_drift") == [(1,)]


def test_an_api_that_sends_other_names_every_time_does_not_fill_the_table():
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = [first + second for first in letters for second in letters]
    drift = met(*({name: "x"} for name in names))
    assert len(drift) == MOST_PATHS + 1
    assert {row["path"]: row["times"] for row in drift}[FURTHER] == len(names) - MOST_PATHS
    read = records.job(window(), {"serviceJobId": "job-1"} | dict.fromkeys(names, "x"), True, NOON, KEYS)
    assert len(read.drift) == MOST_UNKNOWN + 1 and FURTHER in {row["path"] for row in read.drift}
