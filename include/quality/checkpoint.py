"""Runs every suite inside DuckDB and renders the Data Docs: the one place that drives Great Expectations.

The context lives in memory; the only files written are the report's. Nothing is sent anywhere.
"""

import os
from collections.abc import Iterable
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

from include.quality.duckdb_dialect import DRIVER
from include.quality.report import RuleResult
from include.quality.rules import EXAMPLES
from include.quality.suites import get_suites
from include.warehouse import database

SITE = "data_docs"


def validate(build_database: Path, report_dir: Path) -> list[RuleResult]:
    """Evaluate every rule and render the report into `report_dir`. The database is only read."""
    context = make_context(report_dir)
    results = evaluate(context, build_database, get_suites())
    context.build_data_docs(site_names=[SITE])
    return results


def evaluate(context: Any, build_database: Path, suites: Iterable[gx.ExpectationSuite]) -> list[RuleResult]:
    with database.connect(build_database, read_only=True):  # held, so that all statements share one cache
        warehouse = context.data_sources.add_sql("warehouse", connection_string=f"{DRIVER}:///{build_database}")
        return [result for suite in suites for result in _evaluate_suite(context, warehouse, suite)]


def make_context(report_dir: Path) -> Any:
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
    return gx.get_context(mode="ephemeral", project_config=config)


def _evaluate_suite(context: Any, warehouse: Any, suite: gx.ExpectationSuite) -> list[RuleResult]:
    schema, table = suite.name.split(".")
    try:
        asset = warehouse.add_table_asset(suite.name, table_name=table, schema_name=schema)
    except TestConnectionError as error:
        return [_not_evaluated(suite.name, expectation.meta, error) for expectation in suite.expectations]
    whole_table = asset.add_batch_definition_whole_table("whole table")
    definition = context.validation_definitions.add(
        gx.ValidationDefinition(name=suite.name, data=whole_table, suite=context.suites.add(suite))
    )
    validation = definition.run(
        result_format={
            "result_format": "SUMMARY",
            "unexpected_index_column_names": suite.meta["key"],
            "partial_unexpected_count": EXAMPLES,
        }
    )
    return [_read(suite.name, result) for result in validation.results]


def _read(table: str, validation: Any) -> RuleResult:
    """A validation's result as ours. An expectation that could not be evaluated is a broken rule, whatever it says."""
    rule = validation.expectation_config.meta
    if exception := _exception(validation.exception_info):
        return _not_evaluated(table, rule, exception)
    result = validation.result
    if "unexpected_count" in result:  # of a column
        count, rows = result["unexpected_count"], result["partial_unexpected_index_list"]
    else:  # of NoRows
        count, rows = result["observed_value"], result["details"]["unexpected_rows"]
    judged = validation.expectation_config.kwargs.get("column")  # its value stands beside the key, and is not for messages
    return RuleResult(
        **rule,
        table=table,
        is_success=validation.success,
        unexpected_count=count,
        examples=tuple(", ".join(f"{name}={value}" for name, value in row.items() if name != judged) for row in rows),
    )


def _not_evaluated(table: str, rule: dict, exception: object) -> RuleResult:
    first_line = str(exception).partition("\n")[0]
    return RuleResult(**rule, table=table, is_success=False, unexpected_count=None, error=first_line)


def _exception(exception_info: dict) -> str | None:
    """The first exception raised: `exception_info` is one record, or one for each metric that failed."""
    records = [exception_info] if "raised_exception" in exception_info else exception_info.values()
    return next((record["exception_message"] for record in records if record["raised_exception"]), None)
