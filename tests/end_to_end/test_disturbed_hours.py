"""Hours that are killed, meet a full disk and a clock that jumps: nothing is lost or doubled, and readers never notice."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from include.extract import privacy
from include.warehouse import database, paths
from tests.end_to_end.hourly import BEGIN, DISTURBANCES, OPTIONS, backfill, check, finish, start
from tests.end_to_end.shifted_clock import ShiftedClock, needs_faketime
from tests.local_api import local_api

KILOBYTE, MEGABYTE = 2**10, 2**20
# what a full disk leaves free: from nothing to nearly enough for a publication
ROOM = (0, 64 * KILOBYTE, 512 * KILOBYTE, 2 * MEGABYTE, 8 * MEGABYTE, 20 * MEGABYTE)
JUMPS = (3600, -3600)
# an hour takes about this long, imports included
HOUR_SECONDS = 20.0


@pytest.fixture
def disk(tmp_path, monkeypatch) -> Iterator[Path]:
    """A disk of 256 MB, with the warehouse in it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(folder / "warehouse"))
    privacy.buyer_keys.cache_clear()
    try:
        yield folder
    finally:
        privacy.buyer_keys.cache_clear()
        # dbt holds its log open as long as this process lives
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def clock(tmp_path) -> ShiftedClock:
    clock = ShiftedClock(tmp_path / "clock")
    clock.set(0)
    return clock


@needs_faketime
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("kills", "others"), [(1, 1), pytest.param(50, 12, marks=pytest.mark.soak)])
def test_nothing_is_lost_and_nothing_is_doubled(disk, clock, kills, others):
    """`others`: how many full disks, and how many jumps of the clock."""
    dice, killed, hour = random.Random(kills), 0, 0
    with local_api(*OPTIONS) as api:
        readings = [backfill(api)]
        api.control("POST", "faults", DISTURBANCES)
        while killed < kills or hour < others:
            moment, began = BEGIN + timedelta(hours=hour + 1), datetime.now(UTC)
            if hour < others:
                with filled(disk, ROOM[hour % len(ROOM)]):
                    assert_clear(start(api, moment), "disk", "no space left")
                process = start(api, moment, environment=clock.environment)
                time.sleep(dice.uniform(0, HOUR_SECONDS))
                clock.set(JUMPS[hour % len(JUMPS)])
                assert_clear(process, "clock")
                clock.set(0)
            for _ in range(dice.randint(1, 3)):
                killed += was_killed(start(api, moment), dice.uniform(0, HOUR_SECONDS))
            for reading, _ in finish(start(api, moment)):
                # also what the runs before have read is of this hour
                readings.append(reading._replace(began=began))
            hour += 1
        check(api, moment, readings)
    assert twice() == []


def was_killed(process: subprocess.Popen, seconds: float) -> bool:
    """Kill an hour after some seconds, if it has not ended by then; readers see a whole version meanwhile."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    _, error = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), error[-5_000:]
    assert published_jobs() > 0
    return process.returncode != 0


def assert_clear(process: subprocess.Popen, *words: str) -> None:
    """An hour succeeds, or its last words name the trouble; readers see a whole version meanwhile."""
    _, error = process.communicate(timeout=600)
    last_words = "\n".join(error.strip().splitlines()[-3:]).lower()
    assert process.returncode == 0 or any(word in last_words for word in words), error[-5_000:]
    assert published_jobs() > 0


@contextmanager
def filled(disk: Path, room: int) -> Iterator[None]:
    """Fill a disk but for `room` bytes."""
    filler, state = disk / "filler", os.statvfs(disk)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, state.f_bavail * state.f_frsize - room))
    try:
        yield
    finally:
        filler.unlink()


def published_jobs() -> int:
    with duckdb.connect(str(paths.published_database()), read_only=True) as reader:
        return reader.execute("select count(*) from marts.fct_service_jobs").fetchone()[0]


def twice() -> list:
    with database.connect() as connection:
        return connection.execute(
            "select service_job_id, observed_at from raw.service_jobs group by all having count(*) > 1"
        ).fetchall()
