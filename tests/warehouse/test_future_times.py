"""What a clock that was ahead has left behind outranks nothing that is read after it was set."""

from datetime import UTC, datetime, timedelta

import pytest

from include.warehouse import times
from include.warehouse.building import builds
from include.warehouse.loading.windows import BACKFILL, JOBS, SLOTS, UPDATED, Window
from tests.warehouse.test_load import load_all, package, rows

MINUTE = timedelta(minutes=1)
NOW = datetime.now(UTC)
STATUSES = "select content_hash from raw.service_jobs where service_job_id = 'a' order by observed_at"


def window(number: int, entity: str = JOBS) -> Window:
    start = NOW - timedelta(days=30 - number)
    return Window("seller", "ATVPDKIKX0DER", entity, BACKFILL, UPDATED, start, start + timedelta(hours=1))


def job(status: str, at: datetime, name: str = "a") -> dict:
    return {
        "account": "seller", "marketplace_id": "ATVPDKIKX0DER", "service_job_id": name, "observed_at": at, "content_hash": status,
        "service_job_status": status,
    }  # fmt: skip


def soon() -> datetime:
    """When a package that begins now observes something."""
    return datetime.now(UTC) + timedelta(seconds=1)


def read(monkeypatch, number: int, ahead: timedelta, *jobs: dict, **tables: list[dict]) -> None:
    """A package of a process whose clock is `ahead` of the right one."""
    with monkeypatch.context() as patched:
        now = (datetime.now(UTC) + ahead).isoformat(timespec="microseconds")
        patched.setattr(times, "now", lambda clock=None: now)
        package(window(number, SLOTS if tables else JOBS), **tables or {"service_jobs": list(jobs)})


@pytest.mark.parametrize("ahead", [20 * MINUTE, timedelta(days=400)])
def test_an_older_status_does_not_outrank_the_newest(warehouse, monkeypatch, caplog, ahead):
    wrong = datetime.now(UTC) + ahead
    read(monkeypatch, 1, timedelta(), job("CREATED", datetime.now(UTC) - timedelta(days=1)))
    read(monkeypatch, 2, ahead, job("HOLD", wrong), job("NOT_SERVICED", wrong + MINUTE), job("HOLD", wrong, "other"))
    load_all()
    assert rows(STATUSES) == [("CREATED",), ("HOLD",), ("NOT_SERVICED",)]
    read(monkeypatch, 3, timedelta(), job("COMPLETED", soon()))
    load_all()
    assert rows(STATUSES) == [("CREATED",), ("HOLD",), ("NOT_SERVICED",), ("COMPLETED",)]
    assert "raw.service_jobs: 3 rows were dated after" in caplog.text and "amazon_services_backfill" in caplog.text
    assert rows("from raw.service_jobs where observed_at > now() + interval 2 seconds") == []
    assert rows("select count(*) from ops.extract_windows where greatest(started_at, finished_at) > now()") == [(0,)]
    # and it stays so
    before = rows("from raw.service_jobs order by all")
    caplog.clear()
    read(monkeypatch, 4, timedelta(), job("COMPLETED", soon()))
    load_all()
    assert rows("from raw.service_jobs order by all") == before and "dated after" not in caplog.text


def test_a_clock_that_was_behind_needs_nothing(warehouse, monkeypatch):
    """Its observations are too old, and so older than what is read when it was set."""
    wrong = datetime.now(UTC) - 20 * MINUTE
    read(monkeypatch, 1, -20 * MINUTE, job("HOLD", wrong))
    load_all()
    read(monkeypatch, 2, timedelta(), job("COMPLETED", soon()))
    load_all()
    assert rows(STATUSES) == [("HOLD",), ("COMPLETED",)]


def test_a_machine_that_is_behind_dates_nothing_back(warehouse, monkeypatch):
    """The loader's: the packages tell what time it is."""
    late = datetime.now(UTC) + 20 * MINUTE
    read(monkeypatch, 1, 20 * MINUTE, job("HOLD", late))
    load_all()
    read(monkeypatch, 2, 21 * MINUTE, job("COMPLETED", late + MINUTE))
    load_all()
    assert rows("select observed_at from raw.service_jobs order by 1") == [(late,), (late + MINUTE,)]
    # nothing to load, nothing to judge by
    load_all()
    assert rows("select max(observed_at) from raw.service_jobs") == [(late + MINUTE,)]


def test_slots_keep_their_order_too(warehouse, monkeypatch):
    def slot(capacity: int, at: datetime) -> dict:
        return {
            "account": "seller", "marketplace_id": "ATVPDKIKX0DER", "store_id": "s", "asin": "B000000001", "slot_start_at": NOW,
            "slot_end_at": NOW + timedelta(hours=1), "capacity": capacity, "observed_at": at,
        }  # fmt: skip

    wrong = datetime.now(UTC) + timedelta(days=1)
    read(monkeypatch, 1, timedelta(days=1), appointment_slots=[slot(3, wrong)])
    load_all()
    read(monkeypatch, 2, timedelta(), appointment_slots=[slot(1, soon())])
    load_all()
    assert rows("select capacity from raw.appointment_slots order by observed_at") == [(3,), (1,)]


def test_what_was_loaded_after_the_clock_was_set_is_built(warehouse, monkeypatch):
    """`builds` asks for loads that are later than those of the last publication."""
    from include.warehouse import database
    from include.warehouse.loading import ledger

    class Ahead(datetime):
        @classmethod
        def now(cls, zone=None):
            return datetime.now(zone) + timedelta(days=400)

    read(monkeypatch, 1, timedelta(), job("HOLD", datetime.now(UTC)))
    with monkeypatch.context() as patched:
        patched.setattr(ledger, "datetime", Ahead)
        load_all()
    with database.connect() as connection:
        builds.begin(connection, "run-1")
        connection.execute("insert into ops.publications (publication_id) values ('run-1')")
        assert not builds.is_due(connection)
    read(monkeypatch, 2, timedelta(), job("COMPLETED", soon()))
    load_all()
    with database.connect() as connection:
        assert builds.is_due(connection)
