"""Every rule is kept by a good build and broken by a corruption of its own."""

import re
from collections.abc import Iterator

import duckdb
import pytest
from sqlalchemy import text

from include import quality
from include.quality import checkpoint, thresholds
from include.quality.rules import NoRows
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
    assert {code: names for code, query in sql_of(rules).items() if (names := text(query)._bindparams)} == {}


def test_no_sql_says_what_a_built_in_expectation_says(rules):
    """About one column: null, set, range, order of two columns, truth. Each pattern is found in the SQL that it stands for."""
    value = r"(-?\d+|'\w+'|\w+)"
    built_in = re.compile(
        rf"\w+ is null|not \w+|\w+ not in \((?!\s*select)[^()]*\)|\w+ not between {value} and {value}|\w+ (<|>|<=|>=) {value}"
    )
    for sample in ("a is null", "not is_b", "a not in ('x', 'y')", "a not between -1 and 5", "a > b", "a < 0"):
        assert built_in.fullmatch(sample)
    conditions = {code: query.partition(" where ")[2] for code, query in sql_of(rules).items() if "from {batch} where" in query}
    assert len(conditions) > 50
    assert [code for code, condition in conditions.items() if built_in.fullmatch(condition.strip())] == []
    assert len(rules) - len(sql_of(rules)) >= 40


def sql_of(rules: dict) -> dict[str, str]:
    return {code: rule.unexpected_rows_query for code, (_, rule) in rules.items() if isinstance(rule, NoRows)}


@pytest.fixture(scope="module")
def results(good_build, tmp_path_factory) -> list:
    context = checkpoint.make_context(tmp_path_factory.mktemp("data_docs"))
    return checkpoint.evaluate(context, good_build, get_suites())


@pytest.fixture
def queries(rules, results) -> dict[str, str]:
    """Each rule's query for the rows that break it: of a built-in expectation the one that Great Expectations makes."""
    row_wise = {result.code: result.query for result in results if result.query}
    return {code: query.format(batch=rules[code][0].name) for code, query in (sql_of(rules) | row_wise).items()}


def test_a_good_build_is_clean(results):
    assert [str(result) for result in results if not result.is_success] == []


def test_the_writes_are_those_of_the_client():
    assert set(thresholds.WRITES) == {operation.name for operation in OPERATIONS if operation.is_write}


@pytest.fixture(scope="module")
def connection(good_build, tmp_path_factory) -> Iterator[duckdb.DuckDBPyConnection]:
    with database.connect(copied(good_build, tmp_path_factory.mktemp("corrupted"))) as connection:
        yield connection


@pytest.mark.parametrize("code", CORRUPTIONS)
def test_a_corruption_breaks_its_rule(code, queries, connection):
    """Queries DuckDB directly and rolls back, which takes milliseconds; `soak` runs the gate itself."""
    connection.begin()
    try:
        connection.execute(CORRUPTIONS[code])
        assert connection.execute(queries[code]).fetchall()
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


def test_row_wise_rules_name_what_a_later_audit_asks_for_again(rules, queries, connection):
    scopes = {table: scope for scope in SCOPES for table in scope.tables}
    for code, (suite, rule) in rules.items():
        if suite.name in scopes and not rule.meta["whole"]:
            named = {name for name, *_ in connection.execute(f"describe {queries[code]}").fetchall()}
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
