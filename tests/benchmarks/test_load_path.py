"""From response bytes to `raw`: jobs a second beside dlt's own default, and memory that does not grow with the number of jobs."""

import json
import multiprocessing
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor

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
ACCOUNTS = ("amazon_services_default", "amazon_services_second")
LEAST_JOBS_A_SECOND, LEAST_RATIO = 10_000, 10
MOST_BYTES = 1_000_000_000

# the accounts are read at the same time, and loaded when both are there: what is reported is the larger of both moments
MEMORY = """
import json, pathlib, re, resource, sys
from tests.benchmarks.test_load_path import ACCOUNTS, ours
seconds = ours(int(sys.argv[1]), ACCOUNTS)
reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
# what getrusage says of a process itself begins with the size of the one that started it
loader = int(re.search(r"VmHWM:\\s*(\\d+) kB", pathlib.Path("/proc/self/status").read_text())[1]) * 1024
print(json.dumps({"seconds": seconds, "bytes": max(len(ACCOUNTS) * reader, loader), "reader": reader, "loader": loader}))
"""


def extract(jobs: int, account: str = ACCOUNTS[0]) -> None:
    """A backfill of so many jobs: list, a detail for each, rows, packages."""
    bodies = Bodies(jobs)
    wanted = Backfill.from_params({"start": START.isoformat(), "end": bodies.end.isoformat()})
    runs.backfill(BytesClient(bodies, account), wanted, bodies.end.replace(year=bodies.end.year + 1), "bench")


def ours(jobs: int, accounts: tuple[str, ...] = ACCOUNTS[:1]) -> float:
    """Seconds from bytes to `raw`; of several accounts, each has a process of its own, as a DAG has a task for each."""
    started = time.perf_counter()
    if len(accounts) == 1:
        extract(jobs)
    else:
        # a process begins with its imports, as a task does: they count
        with ProcessPoolExecutor(len(accounts), multiprocessing.get_context("spawn")) as tasks:
            list(tasks.map(extract, [jobs // len(accounts)] * len(accounts), accounts))
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


def test_jobs_a_second(warehouse, monkeypatch, tmp_path):
    rate = JOBS / ours(JOBS)
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(tmp_path / "two"))
    both = JOBS / ours(JOBS, ACCOUNTS)
    default = JOBS_OF_DEFAULT / dlts_default(tmp_path, JOBS_OF_DEFAULT)
    print(f"\n{JOBS:,} jobs from bytes to raw: {rate:,.0f} jobs/s; of two accounts: {both:,.0f} jobs/s")
    print(f"dlt's rest_api, nested tables:  {default:,.0f} jobs/s, {rate / default:.1f} times slower")
    assert both >= LEAST_JOBS_A_SECOND
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
        parts = ", ".join(f"{name} {told[name] / 1e6:.0f} MB" for name in ("reader", "loader"))
        print(f"\n{count:9,} jobs: {told['bytes'] / 1e6:.0f} MB at most ({parts}), {told['seconds']:.1f} s", end="")
    assert max(used) < MOST_BYTES
    assert used[1] < 1.25 * used[0]
