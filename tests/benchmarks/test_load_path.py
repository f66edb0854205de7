"""From response bytes to `raw`: jobs a second beside dlt's own default, and memory that does not grow with the number of jobs."""

import json
import subprocess
import sys
import time

import dlt
import pytest
from dlt.sources.rest_api import rest_api_source

from include.extract import runs
from include.extract.backfill import Backfill
from include.warehouse import database
from include.warehouse.load import load_packages
from include.warehouse.paths import PROJECT_DIR
from tests.benchmarks.many_bodies import START, Bodies, BytesAdapter, BytesClient

JOBS, JOBS_OF_DEFAULT = 200_000, 10_000
LEAST_JOBS_A_SECOND, LEAST_RATIO = 10_000, 10
MOST_BYTES = 1_000_000_000

MEMORY = """
import json, resource, sys
from tests.benchmarks.test_load_path import ours
seconds = ours(int(sys.argv[1]))
print(json.dumps({"seconds": seconds, "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
"""


def ours(jobs: int) -> float:
    """Seconds for a backfill of so many jobs: list, a detail for each, rows, packages, `raw`."""
    bodies = Bodies(jobs)
    started = time.perf_counter()
    wanted = Backfill.from_params({"start": START.isoformat(), "end": bodies.end.isoformat()})
    runs.backfill(BytesClient(bodies), wanted, bodies.end.replace(year=bodies.end.year + 1), "bench")
    with database.connect() as connection:
        load_packages(connection)
        seconds = time.perf_counter() - started
        (rows,) = connection.execute("select count(*) from raw.service_jobs").fetchone()
    assert rows == jobs
    return seconds


def dlts_default(folder, jobs: int) -> float:
    """Seconds for dlt's `rest_api` source with nested tables; it gets every job in full from the list, and asks for no detail."""
    adapter = BytesAdapter(Bodies(jobs))
    source = rest_api_source({
        "client": {
            "base_url": "http://local", "session": adapter.session,
            "paginator": {"type": "cursor", "cursor_path": "payload.nextPageToken", "cursor_param": "pageToken"},
        },
        "resources": [{"name": "jobs", "endpoint": {"path": "jobs", "data_selector": "payload.jobs"}}],
    })  # fmt: skip
    pipeline = dlt.pipeline(
        "default", pipelines_dir=str(folder / "dlt"), dataset_name="raw",
        destination=dlt.destinations.duckdb(str(folder / "default.duckdb")),
    )  # fmt: skip
    started = time.perf_counter()
    pipeline.run(source)
    seconds = time.perf_counter() - started
    with pipeline.sql_client() as client:
        assert client.execute_sql("select count(*) from jobs") == [(jobs,)]
    return seconds


def test_jobs_a_second(warehouse, tmp_path):
    rate = JOBS / ours(JOBS)
    default = JOBS_OF_DEFAULT / dlts_default(tmp_path, JOBS_OF_DEFAULT)
    print(f"\n{JOBS:,} jobs from bytes to raw: {rate:,.0f} jobs/s")
    print(f"dlt's rest_api, nested tables:  {default:,.0f} jobs/s, {rate / default:.1f} times slower")
    assert rate >= LEAST_JOBS_A_SECOND
    assert rate >= LEAST_RATIO * default


@pytest.mark.parametrize("jobs", [[200_000, 1_000_000]])
def test_memory_is_flat(warehouse, monkeypatch, tmp_path, jobs):
    used = []
    for count in jobs:
        monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(tmp_path / str(count)))
        run = subprocess.run([sys.executable, "-c", MEMORY, str(count)], cwd=PROJECT_DIR, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr[-3000:]
        told = json.loads(run.stdout.splitlines()[-1])
        used.append(told["bytes"])
        print(f"\n{count:9,} jobs: {told['bytes'] / 1e6:6.0f} MB at most, {told['seconds']:6.1f} s", end="")
    assert max(used) < MOST_BYTES
    assert used[1] < 1.25 * used[0]
