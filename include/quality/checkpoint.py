"""Runs every suite inside DuckDB and renders the Data Docs. No other module calls Great Expectations' contexts and checkpoints.

The context is ephemeral: only the report is written to disk, and analytics are off.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when Great Expectations is imported

import great_expectations as gx
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent.interfaces import TestConnectionError

from include.quality import changes
from include.quality.duckdb_dialect import DRIVER
from include.quality.report import RuleResult
from include.quality.rules import meta_of
from include.quality.suites import get_suites
from include.warehouse import database

SITE = "data_docs"
WHOLE, CHANGES = "whole", "changes"
EXAMPLES = 3
# Counts, and the query for unexpected rows, but none of their values: they can be personal data, and the report is published.
RESULT_FORMAT = {
    "result_format": "BASIC",
    "partial_unexpected_count": 0,
    "exclude_unexpected_values": True,
    "return_unexpected_index_query": True,
}


def fingerprint() -> str:
    """A hash of all rules. When it changes, rows that passed an earlier audit are checked again."""
    rules = [
        (rule.expectation_type, rule.meta, rule.configuration.kwargs) for suite in get_suites() for rule in suite.expectations
    ]
    return hashlib.sha256(repr(rules).encode()).hexdigest()


def validate(build_database: Path, report_dir: Path, *, everything: bool = True) -> list[RuleResult]:
    """Evaluate every rule and render the report.

    Args:
        build_database: The build, which is only read.
        report_dir: The folder that the Data Docs are written to.
        everything: Whether rules check all rows. Otherwise row-wise rules check the rows that changed
            (`include.quality.changes`).
    """
    context = make_context(report_dir)
    results = evaluate(context, build_database, get_suites(), everything=everything)
    context.build_data_docs(site_names=[SITE])
    return results


def evaluate(
    context: Any, build_database: Path, suites: Iterable[gx.ExpectationSuite], *, everything: bool = True
) -> list[RuleResult]:
    """Evaluate suites in a context of Great Expectations; the other arguments are those of `validate`."""
    url = f"{DRIVER}:///{build_database}"
    with ExitStack() as stack:
        # kept open, so that all statements share one cache
        build = stack.enter_context(database.connect(build_database, read_only=True))
        sources = {WHOLE: stack.enter_context(_source(context, "the whole build", url))}
        if not everything:
            changes.attach(build)
            sources[CHANGES] = stack.enter_context(_source(context, "what changed", f"{url}?catalog={changes.CATALOG}"))
        return [
            result
            for suite in suites
            for part in _parts(suite, everything)
            for result in _evaluate_suite(context, sources[part.meta["of"]], part)
        ]


@contextmanager
def _source(context: Any, name: str, url: str) -> Iterator[Any]:
    """Add a data source, and close its connections at the end: they would lock the file for writers."""
    source = context.data_sources.add_sql(name, connection_string=url)
    try:
        yield source
    finally:
        source.get_engine().dispose()
        source.get_execution_engine().close()


def _parts(suite: gx.ExpectationSuite, everything: bool) -> list[gx.ExpectationSuite]:
    """Split a suite into the rules that check the whole table and those that check `changes`."""
    by_source: dict[str, list] = {}
    for rule in suite.expectations:
        of_changes = not everything and suite.name in changes.TABLES and not meta_of(rule)["whole"]
        by_source.setdefault(CHANGES if of_changes else WHOLE, []).append(rule)
    return [
        gx.ExpectationSuite(
            name=suite.name if source == WHOLE else f"{suite.name}, {source}",
            expectations=rules,
            meta={"table": suite.name, "of": source, "key": suite.meta["key"]},
        )
        for source, rules in by_source.items()
    ]


def make_context(report_dir: Path) -> Any:
    """An ephemeral context of Great Expectations whose Data Docs are written to `report_dir`."""
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(report_dir)},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        data_docs_sites={SITE: site},
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    context: Any = gx.get_context(mode="ephemeral", project_config=config)
    # its configuration is written as YAML, to memory, with every table that is added: a tenth of an audit's processor time
    context.variables.save = lambda: None
    return context


def _evaluate_suite(context: Any, source: Any, suite: gx.ExpectationSuite) -> list[RuleResult]:
    name = suite.meta["table"]
    schema, table = name.split(".")
    try:
        asset = source.add_table_asset(name, table_name=table, schema_name=schema)
    except TestConnectionError as error:
        return [_not_evaluated(name, meta_of(rule), error) for rule in suite.expectations]
    whole_table = asset.add_batch_definition_whole_table("whole table")
    definition = context.validation_definitions.add(
        gx.ValidationDefinition(name=suite.name, data=whole_table, suite=context.suites.add(suite))
    )
    result_format = RESULT_FORMAT | {"unexpected_index_column_names": suite.meta["key"]}
    return [_read(name, source, result) for result in definition.run(result_format=result_format).results]


def _read(table: str, source: Any, validation: Any) -> RuleResult:
    """Convert a validation's result. An expectation that could not be evaluated counts as failed."""
    rule = validation.expectation_config.meta
    if exception := _exception(validation.exception_info):
        return _not_evaluated(table, rule, exception)
    query = _query(table, validation)
    return RuleResult(
        **_named(rule),
        table=table,
        is_success=validation.success,
        unexpected_count=validation.result.get("unexpected_count") or validation.result.get("observed_value", 0),
        examples=() if validation.success else _examples(source, query.format(batch=table)),
        query=None if rule["whole"] else query,
    )


def _query(table: str, validation: Any) -> str:
    """Return the query for the keys of unexpected rows; `{batch}` stands for the table."""
    result = validation.result
    if "unexpected_index_query" not in result:
        return validation.expectation_config.kwargs["unexpected_rows_query"]
    columns = ", ".join(result["unexpected_index_column_names"])
    return f"select {columns} from ({result['unexpected_index_query'].rstrip(';').replace(table, '{batch}')})"


def _examples(source: Any, query: str) -> tuple[str, ...]:
    with source.get_engine().connect() as connection:
        rows = connection.exec_driver_sql(f"from ({query}) limit {EXAMPLES}").mappings()
        return tuple(", ".join(f"{name}={value}" for name, value in row.items()) for row in rows)


def _not_evaluated(table: str, rule: dict, exception: object) -> RuleResult:
    first_line = str(exception).partition("\n")[0]
    return RuleResult(**_named(rule), table=table, is_success=False, unexpected_count=None, error=first_line)


def _named(rule: dict) -> dict:
    return {name: rule[name] for name in ("code", "severity", "sentence")}


def _exception(exception_info: dict) -> str | None:
    """The first exception raised: `exception_info` is one record, or one per metric that failed."""
    records = [exception_info] if "raised_exception" in exception_info else exception_info.values()
    return next((record["exception_message"] for record in records if record["raised_exception"]), None)
