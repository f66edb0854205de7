"""Hours that are killed and that meet a full disk: nothing is lost, nothing is doubled, and readers never notice."""

import os
import random
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from include.extract import privacy
from include.warehouse import database, paths
from tests.end_to_end.hourly import BEGIN, DISTURBANCES, OPTIONS, backfill, check, finish, start
from tests.local_api import LocalApi, local_api

KILOBYTE, MEGABYTE = 2**10, 2**20
# what a full disk leaves free: from nothing to nearly enough for a publication
ROOM = (0, 64 * KILOBYTE, 512 * KILOBYTE, 2 * MEGABYTE, 8 * MEGABYTE, 20 * MEGABYTE)
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


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("kills", "full_disks"), [(2, 1), pytest.param(50, 12, marks=pytest.mark.soak)])
def test_nothing_is_lost_and_nothing_is_doubled(disk, kills, full_disks):
    dice, killed, full, moment = random.Random(kills), 0, 0, BEGIN
    with local_api(*OPTIONS) as api:
        readings = [backfill(api)]
        api.control("POST", "faults", DISTURBANCES)
        while killed < kills or full < full_disks:
            moment += timedelta(hours=1)
            began = datetime.now(UTC)
            if full < full_disks:
                meet_a_full_disk(api, moment, disk, ROOM[full % len(ROOM)])
                full += 1
            for _ in range(dice.randint(1, 3)):
                killed += was_killed(start(api, moment), dice.uniform(0, HOUR_SECONDS))
            for reading, _ in finish(start(api, moment)):
                # also what the runs before have read is of this hour
                readings.append(reading._replace(began=began))
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


def meet_a_full_disk(api: LocalApi, moment: datetime, disk: Path, room: int) -> None:
    with filled(disk, room):
        process = start(api, moment)
        _, error = process.communicate(timeout=600)
        last_line = error.strip().splitlines()[-1].lower()
        assert process.returncode == 0 or "disk" in last_line or "no space left" in last_line, error[-5_000:]
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
