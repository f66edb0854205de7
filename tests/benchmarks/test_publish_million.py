"""Gate and publication of a million jobs, and of an hour's change to them: seconds, and what they may take."""

import time
from collections.abc import Callable

from include import quality
from include.warehouse import database
from include.warehouse.publish import publish
from tests.quality.good_build import make

JOBS, HOURS = 1_000_000, 2 * 365 * 24
GATE_SECONDS, PUBLICATION_SECONDS = 60, 20


def test_a_million_jobs(warehouse):
    build, published = make(warehouse, first=0, jobs=JOBS, hours=HOURS), warehouse / "published" / "services.duckdb"
    print()
    report, gate_seconds = timed("gate, whole", lambda: quality.run(build, warehouse / "data_docs", run_id="whole"))
    assert report.findings == ()
    timed("publication, first", lambda: publish(build, published, run_id="first"))
    with database.connect(build) as connection:
        connection.execute("update marts.fct_appointments set first_observed_at = first_observed_at - interval 1 hour "
                           "where hash(appointment_id) % 10_000 = 0")  # fmt: skip
    _, publish_seconds = timed("publication, an hour later", lambda: publish(build, published, run_id="second"))
    timed("gate, an hour later", lambda: quality.run(build, warehouse / "data_docs", run_id="hour"))
    assert gate_seconds < GATE_SECONDS
    assert publish_seconds < PUBLICATION_SECONDS


def timed(what: str, work: Callable[[], object]) -> tuple:
    started = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - started
    print(f"{what:28} {seconds:6.1f} s")
    return result, seconds
