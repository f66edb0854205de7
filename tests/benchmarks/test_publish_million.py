"""Gate and publication of a million jobs, and of an hour's change to them: seconds, and what they may take.

Both are measured with what a task pays before it begins: the import of Great Expectations.
"""

import os
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from include import quality
from include.warehouse import database, paths
from include.warehouse.building import builds
from include.warehouse.publishing.publish import publish
from include.warehouse.publishing.versions import KEPT
from tests.dbt_project.many_jobs import add_many_jobs
from tests.dbt_project.raw_rows import Warehouse
from tests.quality.good_build import make

JOBS, HOURS, CHANGED = 1_000_000, 2 * 365 * 24, 1_000
GATE_SECONDS, HOUR_GATE_SECONDS, PUBLICATION_SECONDS = 60, 15, 20
WINDOWS = """
    update raw.service_jobs
    set window_start = date_trunc('day', create_time), window_end = date_trunc('day', create_time) + interval 1 day
    where _dlt_load_id = 'hour'
"""


def test_a_million_jobs(warehouse):
    build, published = make(warehouse, first=0, jobs=JOBS, hours=HOURS), warehouse / "published" / "services.duckdb"
    docs = warehouse / "published" / "data_docs"
    print()
    report, whole_gate = timed("gate, whole", lambda: quality.run(build, docs, run_id="whole"))
    assert report.findings == ()
    _, first = timed("publication, first", lambda: publish(build, published, run_id="first"))
    an_hour_later(warehouse, build)
    report, hour_gate = timed("gate, an hour later", lambda: quality.run(build, docs, run_id="hour"))
    assert report.findings == ()
    _, later = timed("publication, an hour later", lambda: publish(build, published, run_id="hour"))
    publication, copy_of_database = beside_plain_copies(build, published)
    assert whole_gate < GATE_SECONDS
    assert hour_gate < HOUR_GATE_SECONDS
    assert max(first, later) < PUBLICATION_SECONDS
    assert publication < copy_of_database


def beside_plain_copies(build: Path, published: Path) -> tuple[float, float]:
    """Medians of a publication and of a plain copy of the database that is published from, taken in turns.

    A plain copy of the published file is shown too: no way is quicker, and it publishes nothing.
    """
    database_files = [build, paths.built_marts(build)]
    seconds: dict[str, list[float]] = {}
    for turn in range(7):
        for what, work in (
            ("plain copy, published file", lambda turn=turn: plain_copy([published], "file", turn)),
            ("publication", lambda turn=turn: publish(build, published, run_id=f"turn-{turn}")),
            ("plain copy, database", lambda turn=turn: plain_copy(database_files, "database", turn)),
        ):
            seconds.setdefault(what, []).append(timed(what, work)[1])
    for file in (*database_files, published):
        print(f"{file.name:28} {file.stat().st_size / 1e6:6.0f} MB")
    medians = {what: statistics.median(found) for what, found in seconds.items()}
    print(f"{'medians':28} {', '.join(f'{what} {median:.2f} s' for what, median in medians.items())}")
    return medians["publication"], medians["plain copy, database"]


def an_hour_later(folder: Path, build: Path) -> None:
    warehouse = Warehouse(folder)
    add_many_jobs(warehouse, JOBS - CHANGED, JOBS, JOBS, load_id="hour", delay=3)
    warehouse.execute(WINDOWS)
    with database.connect(build) as connection:
        builds.begin(connection, "hour")
    warehouse.dbt("build", "--resource-type", "seed", "--resource-type", "model")
    DuckDBConnectionManager.close_all_connections()  # or the file would stay open in this process


def plain_copy(files: list[Path], name: str, turn: int) -> None:
    """As much as `cp` and `sync` do, and as many are kept as versions."""
    for file in files:
        copy = file.with_name(f"copy-of-{name}-{file.name}-{turn}")
        shutil.copyfile(file, copy)
        with copy.open("rb") as copied:
            os.fsync(copied.fileno())
        file.with_name(f"copy-of-{name}-{file.name}-{turn - KEPT}").unlink(missing_ok=True)


def timed(what: str, work: Callable[[], object]) -> tuple:
    started = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - started
    print(f"{what:28} {seconds:6.2f} s")
    return result, seconds
