"""Every rule is kept by a good build and broken by a corruption of its own."""

from collections.abc import Iterator

import duckdb
import pytest
from sqlalchemy import text

from include import quality
from include.quality import checkpoint, thresholds
from include.quality.suites import get_suites
from include.services_api.operations import OPERATIONS
from include.warehouse import database
from include.warehouse.building.audit_state import SCOPES
from tests.quality.corruptions import A_WEEK_AGO, CORRUPTIONS
from tests.quality.good_build import copied


@pytest.fixture
def rules() -> dict:
    """Each rule's code with its suite and its expectation."""
    return {expectation.meta["code"]: (suite, expectation) for suite in get_suites() for expectation in suite.expectations}


def test_every_rule_has_a_code_of_its_own_and_a_corruption(rules):
    assert len(rules) == sum(len(suite.expectations) for suite in get_suites())
    assert set(CORRUPTIONS) == set(rules)


def test_no_query_has_parameters(rules):
    """Great Expectations hands a query to SQLAlchemy, for which `(?:bis` in a regular expression holds one."""
    assert {code: names for code, (_, rule) in rules.items() if (names := text(rule.unexpected_rows_query)._bindparams)} == {}


def test_a_good_build_is_clean(good_build, tmp_path):
    context = checkpoint.make_context(tmp_path)
    broken = [str(result) for result in checkpoint.evaluate(context, good_build, get_suites()) if not result.is_success]
    assert broken == []


def test_the_writes_are_those_of_the_client():
    assert set(thresholds.WRITES) == {operation.name for operation in OPERATIONS if operation.is_write}


@pytest.fixture(scope="module")
def connection(good_build, tmp_path_factory) -> Iterator[duckdb.DuckDBPyConnection]:
    with database.connect(copied(good_build, tmp_path_factory.mktemp("corrupted"))) as connection:
        yield connection


@pytest.mark.parametrize("code", CORRUPTIONS)
def test_a_corruption_breaks_its_rule(code, rules, connection):
    """QueryContext of DuckDB directly and rolled back, which takes milliseconds; the gate itself is asked in `soak`."""
    suite, rule = rules[code]
    connection.begin()
    try:
        connection.execute(CORRUPTIONS[code])
        assert connection.execute(rule.unexpected_rows_query.format(batch=suite.name)).fetchall()
    finally:
        connection.rollback()


def test_a_day_that_was_lost_as_a_whole_is_an_unusual_volume(rules, connection):
    suite, rule = rules["job_volume_unusual"]
    connection.begin()
    try:
        connection.execute(f"delete from {suite.name} where created_at::date = {A_WEEK_AGO} + 3")
        found = connection.execute(rule.unexpected_rows_query.format(batch=suite.name)).fetchall()
        assert len(found) == 2  # in either marketplace
    finally:
        connection.rollback()


def test_row_wise_rules_name_what_a_later_audit_asks_for_again(rules, connection):
    scopes = {table: scope for scope in SCOPES for table in scope.tables}
    for code, (suite, rule) in rules.items():
        if suite.name in scopes and not rule.meta["whole"]:
            query = rule.meta["query"].format(batch=suite.name)
            named = {name for name, *_ in connection.execute(f"describe {query}").fetchall()}
            assert named >= set(scopes[suite.name].key), code


@pytest.mark.soak
@pytest.mark.parametrize("code", CORRUPTIONS)
def test_the_gate_names_what_a_corruption_broke(code, good_build, tmp_path):
    corrupted = copied(good_build, tmp_path)
    with database.connect(corrupted) as connection:
        connection.execute(CORRUPTIONS[code])
    report = quality.run(corrupted, tmp_path / "data_docs", run_id=code)
    (finding,) = (finding for finding in report.findings if finding.code == code)
    assert finding.unexpected_count, finding.error
    assert finding.examples
    assert all(finding.error is None for finding in report.findings)
    assert report.is_publishable is all(finding.severity == "warn" for finding in report.findings)
