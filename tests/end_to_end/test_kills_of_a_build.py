"""`kill -9` at any moment of build, audit and publication: readers see whole versions only, and a rerun completes."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from include.warehouse import database, paths
from include.warehouse.publishing.publish import publish
from tests.dbt_project.many_jobs import add_many_jobs
from tests.dbt_project.raw_rows import Warehouse
from tests.quality.good_build import FIRST, make

ONE_VERSION = 50
RUN = """
import sys
from include import quality
from include.warehouse import database, paths
from include.warehouse.building import builds
from include.warehouse.building.transform import build_models
from include.warehouse.publishing.publish import publish
with database.connect() as connection:
    builds.begin(connection, sys.argv[1])
build_models()
print("built", flush=True)
quality.gate(paths.build_database(), paths.data_docs_dir(), run_id=sys.argv[1])
print("audited", flush=True)
publish(paths.build_database(), paths.published_database(), run_id=sys.argv[1])
"""
WINDOWS = """
    update raw.service_jobs set
        window_start = date_trunc('day', create_time), window_end = date_trunc('day', create_time) + interval 1 day
    where window_start is null;

    insert into ops.extract_windows by name
    select distinct
        account, marketplace_id, 'jobs' as entity, 'backfill' as mode, 'created' as filter, window_start, window_end,
        {version} as attempt, 'complete' as status
    from raw.service_jobs
    where _dlt_load_id = 'load-{version}'
"""
VERSION = """
    select (select count(*) from marts.fct_service_jobs), (select count(distinct service_job_id) from marts.fct_appointments)
"""


@pytest.fixture
def published(warehouse) -> Path:
    make(warehouse, jobs=FIRST + 1000)
    publish(paths.build_database(), paths.published_database(), run_id="first")
    return paths.published_database()


def start(run_id: str) -> subprocess.Popen:
    command = [sys.executable, "-c", RUN, run_id]
    return subprocess.Popen(command, cwd=paths.PROJECT_DIR, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def load(version: int) -> None:
    """As many older jobs as make one version."""
    warehouse = Warehouse(paths.warehouse_dir())
    first = FIRST - version * ONE_VERSION
    add_many_jobs(warehouse, first, first + ONE_VERSION, 50_000, load_id=f"load-{version}")
    warehouse.execute(WINDOWS.format(version=version))


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.soak)])
def test_a_killed_run_shows_nothing_by_halves_and_another_completes(published, kills):
    dice, whole, seconds = random.Random(kills), {1000}, 12.0
    for version in range(1, kills + 1):
        load(version)
        whole.add(1000 + version * ONE_VERSION)
        run = start(f"run-{version}")
        try:
            run.wait(dice.uniform(0, seconds))
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
        _, error = run.communicate()
        assert run.returncode in (0, -signal.SIGKILL), error
        with duckdb.connect(str(published), read_only=True) as reader:
            jobs, of_appointments = reader.execute(VERSION).fetchone()
        assert jobs == of_appointments and jobs in whole
        if version == kills or version % 5 == 0:
            began = time.monotonic()
            run = start(f"run-{version}")
            _, error = run.communicate(timeout=300)
            assert run.returncode == 0, error
            seconds = time.monotonic() - began
            assert reads(published) == 1000 + version * ONE_VERSION
    leftovers = {file.name for file in published.parent.iterdir()} - {"data_docs", "dbt_docs", "index.html", "versions"}
    assert leftovers == {published.name}
    with database.connect(read_only=True) as connection:
        assert connection.execute("select count(*) from audit.jobs").fetchone() == (0,)


def reads(published: Path) -> int:
    with duckdb.connect(str(published), read_only=True) as reader:
        return reader.execute(VERSION).fetchone()[0]
