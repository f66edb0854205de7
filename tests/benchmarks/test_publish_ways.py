"""Ways to publish an hour's change to a million appointments, measured: what each costs in seconds and bytes.

- anew: every table is written into an empty file
- stripped: marts and raw are in one file; it is copied, and what is not published is dropped from the copy
- copied: the marts are in a file of their own, which is copied; this is what `publish` does
- plain: the published file, byte for byte; it publishes nothing
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from include.warehouse import database, schema
from include.warehouse.publishing.publish import publish

ROWS = 1_000_000
APPOINTMENTS = f"""
    create table marts.fct_appointments as
    select
        'amazon_services_default' as account, 'ATVPDKIKX0DER' as marketplace_id, 'store-' || hash(range) % 50 as store_id,
        md5(range::varchar) as service_job_id, md5(range::varchar) || '_1' as appointment_id,
        '903-' || range as service_order_id, 'B0' || range % 40 as asin, 'Furniture assembly ' || range % 40 as service_title,
        'IN_HOME' as service_location_type, 'COMPLETED' as job_status, 'COMPLETED' as appointment_status,
        timestamptz '2024-11-01 00:00:00Z' + to_seconds(range * 63) as job_created_at,
        job_created_at + to_hours((hash(range) % 240)::int) as scheduled_start_at,
        scheduled_start_at + interval 2 hours as scheduled_end_at, 120 as scheduled_minutes,
        'America/Los_Angeles' as time_zone, scheduled_start_at::date as service_date,
        scheduled_start_at + to_minutes((hash(range) % 40)::int) as arrived_at, 60 + hash(range) % 80 as minutes_on_site,
        arrived_at + to_minutes(minutes_on_site::int) as finished_at, 'serviced' as outcome,
        hash(range) % 40 as arrival_delay_minutes, hash(range) % 40 < 15 as is_on_time_arrival,
        ['T' || hash(range) % 400] as assigned_technician_ids, ['T' || hash(range) % 400] as performing_technician_ids
    from range({ROWS})
"""
# as long as a job's documents are
RAW = f"create table one.raw.service_jobs as select md5(range::varchar) as id, repeat(id, 30) as body from range({ROWS})"


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """The marts attached, and once more in `one.duckdb`, beside raw."""
    path = tmp_path / "build.duckdb"
    with database.connect(path) as connection:
        schema.ensure(connection)
        connection.execute(APPOINTMENTS)
        connection.execute("create schema intermediate")
        connection.execute("create table intermediate.int_as_of (account varchar, marketplace_id varchar, as_of timestamptz)")
        connection.execute(f"attach '{tmp_path / 'one.duckdb'}' as one")
        connection.execute("create schema one.marts; create schema one.raw")
        connection.execute(RAW)
        connection.execute("create table one.marts.fct_appointments as from marts.fct_appointments")
        connection.execute("update marts.fct_appointments set job_status = 'CANCELLED' where hash(appointment_id) % 1000 = 0")
    return path


def test_ways_to_publish(build, tmp_path):
    def anew(target: Path) -> None:
        with database.connect(build) as connection:
            connection.execute(f"attach '{target}' as target")
            connection.execute("create schema target.marts")
            connection.execute("create table target.marts.fct_appointments as from marts.fct_appointments")

    def stripped(target: Path) -> None:
        shutil.copyfile(tmp_path / "one.duckdb", target)
        with database.connect(target) as connection:
            connection.execute("drop schema raw cascade")
            connection.execute("checkpoint")

    def copied(target: Path) -> None:
        publish(build, target, run_id="run")

    def plain(target: Path) -> None:
        shutil.copyfile(tmp_path / "copied.duckdb", target)

    seconds = {way.__name__: measured(way, tmp_path / f"{way.__name__}.duckdb") for way in (anew, stripped, copied, plain)}
    print()
    for name, spent in seconds.items():
        print(f"{name:10} {spent:6.2f} s {(tmp_path / f'{name}.duckdb').stat().st_size / 1e6:8.1f} MB")
    assert seconds["copied"] < min(seconds["anew"], seconds["stripped"])


def measured(way: Callable[[Path], None], target: Path) -> float:
    started = time.perf_counter()
    way(target)
    return time.perf_counter() - started
