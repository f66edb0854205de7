"""`make demo` as a newcomer runs it: a real Airflow, killed in the middle, run again, and every figure right."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta

import psutil
import pytest

from include.demo import past, place
from include.extract.settings import settle_lag
from include.warehouse import database, paths
from tests.end_to_end.truth import backfilled, differences, scheduled
from tests.local_api import LocalApi, local_api


@pytest.fixture
def demo(warehouse, tmp_path, monkeypatch):
    """Starts the demo with an Airflow home of its own; whatever is left of it is stopped at the end."""
    monkeypatch.setenv("DEMO_AIRFLOW_HOME", str(tmp_path / "airflow"))
    monkeypatch.setattr(place, "AIRFLOW_HOME", tmp_path / "airflow")

    def start(command: str = "run") -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "include.demo", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    yield start
    start("down").communicate(timeout=120)


def finish(process: subprocess.Popen) -> str:
    output, _ = process.communicate(timeout=560)
    assert process.returncode == 0, output
    return output


def kill_after(process: subprocess.Popen, seconds: float) -> None:
    """`kill -9` of the demo alone, as by a person who has lost patience: its Airflow lives on."""
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def check_against_truth() -> None:
    now = place.moment()
    first, *later = past.stops(now)
    with local_api(*place.world(now), "--limits", "off") as api:
        read(api, first, windows=backfilled(now - timedelta(days=place.DAYS + 1), first, first + settle_lag()))
        for stop in later:
            read(api, stop, windows=[scheduled(stop, past.STEP)])
        api.control("POST", "clock", {"now": now.isoformat()})
        api.control("POST", "reading", {"availability": True, "windows": [scheduled(now)]})
        truth = api.truth(as_of=now.isoformat(), stores_file=paths.stores_file().read_text(), writes_since=first.isoformat())
        found = differences(paths.published_database(), truth)
    assert not found, "\n".join(found)


def read(api: LocalApi, stop: datetime, windows: list[list[str]]) -> None:
    """Note what the demonstration reads at a stop of its past."""
    api.control("POST", "clock", {"now": stop.isoformat()})
    received, horizon = (stop + settle_lag()).isoformat(), past.HORIZON_DAYS
    reading = {"availability": True, "windows": windows, "received": received, "horizon_days": horizon}
    api.control("POST", "reading", reading)


def contents() -> dict[str, list]:
    """Every published mart, sorted, but the slots of jobs: whose are read depends on the publication before."""
    with database.connect(paths.published_database(), read_only=True) as connection:
        tables = connection.execute("""
            select table_name from duckdb_tables() where schema_name = 'marts' and table_name <> 'fct_job_slot_availability'
        """).fetchall()
        return {table: connection.execute(f"select * from marts.{table} order by all").fetchall() for (table,) in tables}


def living(home: str) -> list[str]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        try:
            if process.environ().get("DEMO_AIRFLOW_HOME") == home:
                found.append(" ".join(process.info["cmdline"] or []))
        except psutil.Error:
            continue
    return found


def test_killed_and_run_again_it_tells_the_truth(demo):
    seconds = random.uniform(15, 90)
    print(f"killed after {seconds:.1f} s")
    kill_after(demo(), seconds)
    output = finish(demo())
    assert "On-time arrival" in output and str(paths.published_database()) in output
    assert (paths.data_docs_dir() / "index.html").exists()
    check_against_truth()
    assert living(os.environ["DEMO_AIRFLOW_HOME"]) == []


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_kills_and_then_twice_the_same_tables(demo):
    for _ in range(5):
        kill_after(demo(), random.uniform(5, 180))
    finish(demo())
    check_against_truth()
    same = contents()
    finish(demo())
    assert contents() == same


def test_what_is_missing_is_one_line(demo, monkeypatch):
    monkeypatch.setenv("AIRFLOW_PORT", "not a port")
    process = demo()
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1 and output.splitlines()[-1] == "AIRFLOW_PORT should be a port number, but is 'not a port'."


def test_a_taken_port_is_named(demo, monkeypatch):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        monkeypatch.setenv("AIRFLOW_PORT", str(number))
        process = demo()
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1 and f"Port {number} is in use" in output.splitlines()[-1]


def test_a_warehouse_that_is_not_the_demos_is_left_alone(demo):
    database.connect().close()
    process = demo()
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1 and "contains another warehouse" in output


def test_a_full_disk_is_named(warehouse, monkeypatch):
    monkeypatch.setattr(place.shutil, "disk_usage", lambda _: shutil_usage(free=10**8))
    with pytest.raises(place.NotPossible, match=r"The disk is nearly full: 0\.1 GB free"):
        place.check()


def shutil_usage(free: int):
    from types import SimpleNamespace

    return SimpleNamespace(total=10**12, used=10**12 - free, free=free)
