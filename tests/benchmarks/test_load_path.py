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
from include.warehouse.loading.load import load_packages
from include.warehouse.paths import PROJECT_DIR
from tests.benchmarks.many_bodies import START, Bodies, BytesAdapter, BytesClient

JOBS = 200_000
ACCOUNTS = ("amazon_services_default", "amazon_services_second")
LEAST_JOBS_A_SECOND, LEAST_RATIO = 10_000, 10
MOST_BYTES = 1_000_000_000

# the accounts are read at the same time, and loaded when both are there: what is reported is the larger of both moments
MEMORY = """
import json, pathlib, re, resource, sys
from tests.benchmarks.test_load_path import ACCOUNTS, two_accounts
seconds = two_accounts(int(sys.argv[1]))
reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
# what getrusage says of a process itself begins with the size of the one that started it
loader = int(re.search(r"VmHWM:\\s*(\\d+) kB", pathlib.Path("/proc/self/status").read_text())[1]) * 1024
print(json.dumps({"seconds": seconds, "bytes": max(len(ACCOUNTS) * reader, loader), "reader": reader, "loader": loader}))
"""


def extract(jobs: int, account: str = ACCOUNTS[0]) -> None:
    extract_from(Bodies(jobs), account)


def extract_from(bodies: Bodies, account: str = ACCOUNTS[0]) -> None:
    """A backfill of all jobs: list, a detail for each, rows, packages."""
    wanted = Backfill.from_params({"start": START.isoformat(), "end": bodies.end.isoformat()})
    runs.backfill(BytesClient(bodies, account), wanted, bodies.end.replace(year=bodies.end.year + 1), "bench")


def one_account(jobs: int) -> float:
    """Seconds from bytes to `raw`, in one process."""
    bodies = Bodies(jobs).make_all()
    started = time.perf_counter()
    extract_from(bodies)
    return load(jobs, started)


def two_accounts(jobs: int) -> float:
    """The same of two accounts. Each has a process of its own, as a DAG has a task for each, and its imports count."""
    started = time.perf_counter()
    with ProcessPoolExecutor(len(ACCOUNTS), multiprocessing.get_context("spawn")) as tasks:
        list(tasks.map(extract, [jobs // len(ACCOUNTS)] * len(ACCOUNTS), ACCOUNTS))
    return load(jobs, started)


def load(jobs: int, started: float) -> float:
    with database.connect() as connection:
        load_packages(connection)
        seconds = time.perf_counter() - started
        (rows,) = connection.execute("select count(*) from raw.service_jobs").fetchone()
    assert rows == jobs
    return seconds


def dlts_default(folder, jobs: int) -> float:
    """Seconds for dlt's `rest_api` source with nested tables, two accounts by a resource for each.

    It gets every job in full from the list, and asks for no detail.
    """
    adapter = BytesAdapter(Bodies(jobs // len(ACCOUNTS)).make_all())
    source = rest_api_source({
        "client": {
            "base_url": "http://local", "session": adapter.session,
            "paginator": {"type": "cursor", "cursor_path": "payload.nextPageToken", "cursor_param": "pageToken"},
        },
        "resources": [
            {"name": account, "table_name": "jobs", "endpoint": {"path": "jobs", "data_selector": "payload.jobs"}}
            for account in ACCOUNTS
        ],
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
    rate = JOBS / one_account(JOBS)
    monkeypatch.setenv("SERVICES_WAREHOUSE_DIR", str(tmp_path / "two"))
    both = JOBS / two_accounts(JOBS)
    default = JOBS / dlts_default(tmp_path, JOBS)
    print(f"\n{JOBS:,} jobs from bytes to raw, two accounts: {both:,.0f} jobs/s; one account, in one process: {rate:,.0f} jobs/s")
    print(f"dlt's default, two accounts: {default:,.0f} jobs/s: {both / default:.1f} and {rate / default:.1f} times as long")
    assert both >= LEAST_JOBS_A_SECOND
    assert both >= LEAST_RATIO * default


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
