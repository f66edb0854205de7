"""An hour costs what it changed: the same on a long history as on a short one; and slots that did not change cost no row."""

import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from include.extract import runs
from include.extract.targets import Targets
from include.services_api.clock import ApiClock
from include.warehouse import database, schema
from include.warehouse.loading.load import load_packages
from tests.benchmarks.many_bodies import MARKETPLACE, START, Bodies, BytesClient

CHANGED, HOURS = 1_000, 15
HISTORIES = (10_000, 1_000_000)
MOST_RATIO = 1.3
STORES, ASINS, DAYS, HOURS_A_DAY = 300, 20, 14, 8
MOST_SECONDS = 60


def history(jobs: int) -> None:
    """`raw` as if so many jobs had been loaded: rows of the usual size, one version each."""
    with database.connect() as connection:
        schema.ensure(connection)
        connection.execute(
            """
            insert into raw.service_jobs by name
            select 'amazon_services_default' as account, $marketplace as marketplace_id, md5(range::varchar) as service_job_id,
                timestamptz '2026-01-01 00:00:00Z' + to_seconds(range) as observed_at, md5('content' || range) as content_hash,
                true as has_detail, 'COMPLETED' as service_job_status,
                json_object('asin', repeat(md5(range::varchar), 10)) as scope_of_work,
                json_array(repeat(md5('a' || range), 25)) as appointments, 'load-' || range // 20_000 as _dlt_load_id
            from range($jobs)
            """,
            {"marketplace": MARKETPLACE, "jobs": jobs},
        )


def hour(number: int) -> float:
    """Seconds for one hour: list, details, package, load."""
    bodies = Bodies(CHANGED, version=number)
    started = time.perf_counter()
    runs.scheduled_jobs(BytesClient(bodies), START, START + timedelta(hours=1), f"hour-{number}")
    with database.connect() as connection:
        added = load_packages(connection)
        seconds = time.perf_counter() - started
    assert added["service_jobs"] == CHANGED
    return seconds


def test_an_hour_costs_what_it_changed(tmp_path, monkeypatch):
    monkeypatch.setenv("SERVICES_SETTLE_LAG_MINUTES", "0")
    seconds = {jobs: [] for jobs in HISTORIES}
    for number in range(HOURS + 1):
        for jobs in HISTORIES:  # in turns: the machine is not equally quick at all times
            monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(tmp_path / str(jobs)))
            if not number:
                history(jobs)
            seconds[jobs].append(hour(number + 1))
    # the first one warms up what is imported and opened once
    short, long = (statistics.median(seconds[jobs][1:]) for jobs in HISTORIES)
    print(f"\n{CHANGED:,} changed jobs on {HISTORIES[0]:,}: {short:.2f} s; on {HISTORIES[1]:,}: {long:.2f} s; {long / short:.2f}")
    assert long <= MOST_RATIO * short


class SlotClient:
    """Answers of slots that never change, as the client hands them on."""

    account = SimpleNamespace(name="amazon_services_default", marketplace_ids=(MARKETPLACE,))
    max_share = 1.0
    usage = SimpleNamespace(requests=0, throttled=0, waited_seconds=0.0, last_request_id=None)
    clock = ApiClock()
    checked_time = clock.check

    def get_appointment_slots(self, marketplace_id, asin, store_id, start, end):
        slots = [
            {"startTime": text(at), "endTime": text(at + timedelta(hours=1)), "capacity": 2} for at in hours(start.date())
        ]  # fmt: skip
        payload = {"schedulingType": "REAL_TIME_SCHEDULING", "startTime": text(start), "appointmentSlots": slots}
        return SimpleNamespace(payload=payload, received_at=datetime.now(UTC))

    def get_fixed_slot_capacity(self, *_, **__):
        return SimpleNamespace(payload={"slotDuration": 60, "capacities": []}, received_at=datetime.now(UTC))


def hours(day) -> Iterator[datetime]:
    first = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return (first + timedelta(days=days, hours=9 + hour) for days in range(DAYS) for hour in range(HOURS_A_DAY))


def text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


@pytest.fixture
def services(monkeypatch):
    pairs = tuple((f"store-{store:03d}", f"B{asin:09d}") for store in range(STORES) for asin in range(ASINS))
    monkeypatch.setattr(runs, "targets", lambda account, marketplace_id: Targets(pairs, ("store-000",), ()))
    return pairs


def test_slots_that_did_not_change(warehouse, services):
    at = START + timedelta(hours=6)
    added = []
    for number in range(2):
        started = time.perf_counter()
        runs.scheduled_availability(SlotClient(), at + timedelta(hours=number), f"hour-{number}")
        with database.connect() as connection:
            added.append(load_packages(connection).get("appointment_slots"))
        seconds = time.perf_counter() - started
        print(f"\n{len(services):,} services x {DAYS} days: {added[-1]:9,} rows added, {seconds:5.1f} s", end="")
    assert added == [STORES * ASINS * DAYS * HOURS_A_DAY, 0]
    assert seconds < MOST_SECONDS
