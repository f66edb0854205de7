"""Readers that never rest, and publishers that are killed: whole versions only."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from include.warehouse import database, paths, schema

READERS = 4

# A version is its number, which stands in every row of two marts: readers look for a mixture.
BUILD = (
    "create or replace table marts.{table} as select range as id, {number} as version, hash(range) as filler from range(20_000)"
)
READER = """
import sys, duckdb
from pathlib import Path
published, stop = sys.argv[1], Path(sys.argv[2])
seen = 0
while not stop.exists():
    with duckdb.connect(published, read_only=True) as connection:
        versions = connection.execute('''
            select min(version), max(version), count(*) from marts.fct_appointments
            union all
            select min(version), max(version), count(*) from marts.fct_service_jobs
        ''').fetchall()
    (first, last, rows), other = versions
    assert versions == [(first, first, 20_000)] * 2, versions
    assert first >= seen, (first, seen)
    seen = first
print(seen)
"""
PUBLISHER = """
import sys
from pathlib import Path
from include.warehouse import database, schema
from include.warehouse.publishing.publish import publish
build, published, number = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
print('ready', flush=True)
publish(build, published, run_id=number)
"""


@pytest.fixture
def build(warehouse: Path) -> Path:
    path = warehouse / "build.duckdb"
    with database.connect(path) as connection:
        schema.ensure(connection)
        connection.execute("create schema intermediate")
        connection.execute("create table intermediate.int_as_of (account varchar, marketplace_id varchar, as_of timestamptz)")
    return path


def make_version(build: Path, number: int) -> None:
    with database.connect(build) as connection:
        for table in ("fct_appointments", "fct_service_jobs"):
            connection.execute(BUILD.format(table=table, number=number))


def start(script: str, *arguments: object) -> subprocess.Popen:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, cwd=paths.PROJECT_DIR, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("publications", [5, pytest.param(50, marks=pytest.mark.soak)])
def test_readers_see_whole_versions_only(build, tmp_path, publications):
    from include.warehouse.publishing.publish import publish

    published, stop = build.with_name("published") / "services.duckdb", tmp_path / "stop"
    make_version(build, 0)
    publish(build, published, run_id="0")
    readers = [start(READER, published, stop) for _ in range(READERS)]
    for number in range(1, publications + 1):
        make_version(build, number)
        publish(build, published, run_id=str(number))
    time.sleep(1)
    stop.touch()
    for reader in readers:
        last_seen, error = reader.communicate(timeout=60)
        assert (reader.returncode, error) == (0, "")
        assert int(last_seen) == publications


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.soak)])
def test_a_killed_publication_leaves_a_whole_version_and_the_next_completes(build, kills):
    published = build.with_name("published") / "services.duckdb"
    make_version(build, 0)
    assert start(PUBLISHER, build, published, 0).wait() == 0
    dice, killed = random.Random(7), 0
    for number in range(1, kills + 1):
        make_version(build, number)
        publisher = start(PUBLISHER, build, published, number)
        assert publisher.stdout.readline() == "ready\n"
        time.sleep(dice.uniform(0, 0.6))
        publisher.send_signal(signal.SIGKILL)
        killed += publisher.wait() == -signal.SIGKILL
        with duckdb.connect(str(published), read_only=True) as reader:
            (version,), *others = reader.execute(
                "select distinct version from marts.fct_appointments union select distinct version from marts.fct_service_jobs"
            ).fetchall()
        assert others == []
        assert version in (number - 1, number)
        assert start(PUBLISHER, build, published, number).wait() == 0
        assert {file.name for file in published.parent.iterdir()} == {"index.html", "services.duckdb", "versions"}
        with database.connect(build, read_only=True) as connection:
            count = connection.execute("select count(*) from ops.publications where publication_id = ?", [str(number)]).fetchone()
        assert count == (1,)
    assert killed
