"""Built-in expectations beside SQL rules of the same meaning, on a million rows: processor time, taken in turns.

It shows why most kinds are built-in expectations, and why a key of several columns is SQL (`include.quality.rules`).
"""

import statistics
import time
from pathlib import Path

import duckdb
import great_expectations.expectations as gxe
import pytest
from great_expectations.expectations.expectation import Expectation

from include.quality import checkpoint
from include.quality.rules import NoRows, never, no_rows, suite, warn

ROWS, TURNS = 1_000_000, 5
TABLE, KEY = "marts.fct_service_jobs", ("account", "service_job_id")
STATUSES = ["COMPLETED", "CANCELLED", "NOT_SERVICED"]


def repeated(key: str) -> NoRows:
    return no_rows(f"select {key} from {{batch}} group by {key} having count(*) > 1")


PAIRS: dict[str, tuple[Expectation, Expectation]] = {
    "null": (gxe.ExpectColumnValuesToNotBeNull(column="created_at"), never(KEY, "created_at is null")),
    "set": (
        gxe.ExpectColumnValuesToBeInSet(column="job_status", value_set=STATUSES),
        never(KEY, f"job_status not in {tuple(STATUSES)}"),
    ),
    "between": (
        gxe.ExpectColumnValuesToBeBetween(column="hours", min_value=0, max_value=8760),
        never(KEY, "hours not between 0 and 8760"),
    ),
    "order of two": (
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="observed_at", column_B="created_at", or_equal=True),
        never(KEY, "created_at > observed_at"),
    ),
    "unique": (gxe.ExpectColumnValuesToBeUnique(column="job"), repeated("job")),
    "unique, two columns": (gxe.ExpectCompoundColumnsToBeUnique(column_list=list(KEY)), repeated(", ".join(KEY))),
}
ROW_WISE = ("null", "set", "between", "order of two")
# of a suite of the four row-wise kinds, beside the same in SQL; a statement for each would be slower
MOST_SECONDS = 1.0


@pytest.fixture(scope="module")
def build(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("jobs") / "jobs.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute(f"""
            create table {TABLE} as
            select
                'north' as account, md5(range::varchar) as service_job_id, range as job,
                {STATUSES}[1 + range % 3] as job_status, timestamptz '2026-01-01 00:00:00Z' + to_seconds(range) as created_at,
                created_at + interval 1 minute as observed_at, range % 400 as hours
            from range({ROWS})
        """)
    return path


def seconds(build: Path, docs: Path, expectations: list[Expectation]) -> float:
    rules = [warn(f"rule_{place}", "A rule.", rule.copy(update={"id": None})) for place, rule in enumerate(expectations)]
    context = checkpoint.make_context(docs)
    started = time.process_time()
    results = checkpoint.evaluate(context, build, [suite(TABLE, key=KEY, rules=rules)])
    assert all(result.is_success for result in results), results
    return time.process_time() - started


def test_built_in_expectations_beside_sql(build, tmp_path):
    kinds = {kind: (kind,) for kind in PAIRS} | {"all row-wise": ROW_WISE}
    found: dict[tuple[str, int], list[float]] = {}
    for _ in range(TURNS + 1):
        for kind, members in kinds.items():
            for way in (0, 1):
                taken = seconds(build, tmp_path, [PAIRS[member][way] for member in members])
                found.setdefault((kind, way), []).append(taken)
    medians = {key: statistics.median(taken[1:]) for key, taken in found.items()}  # the first turn warms up
    print(f"\nprocessor seconds of {ROWS:,} rows")
    for kind in kinds:
        built_in, sql = medians[kind, 0], medians[kind, 1]
        print(f"{kind:20} built-in {built_in:.3f}, SQL {sql:.3f}, difference {built_in - sql:+.3f}, ratio {built_in / sql:.1f}")
    assert medians["all row-wise", 0] - medians["all row-wise", 1] < MOST_SECONDS
    assert medians["unique, two columns", 0] > medians["unique, two columns", 1]
