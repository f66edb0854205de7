"""Functions that suites are written with. A rule is an expectation with a code, a severity and a sentence.

A broken rule of severity `stop` prevents publication; one of severity `warn` is reported. The sentence is shown in the Data
Docs, in `ops.quality_results` and in the error of a failed gate.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from include.quality.report import STOP, WARN

EXAMPLES = 3
_GX_SEVERITY = {STOP: FailureSeverity.CRITICAL, WARN: FailureSeverity.WARNING}


def suite(table: str, *, key: Sequence[str], rules: Sequence[Expectation]) -> ExpectationSuite:
    """The suite of one table.

    Args:
        table: The table, as `schema.table`.
        key: The columns that identify a row in examples. They must not hold personal data.
        rules: The table's rules.
    """
    return ExpectationSuite(name=table, expectations=list(rules), meta={"key": list(key)})


def stop(code: str, sentence: str, expectation: Expectation, *, whole: bool = False) -> Expectation:
    """A rule that prevents publication when it is broken; the arguments are those of `_rule`."""
    return _rule(STOP, code, sentence, expectation, whole)


def warn(code: str, sentence: str, expectation: Expectation, *, whole: bool = False) -> Expectation:
    """A rule that is only reported when it is broken; the arguments are those of `_rule`."""
    return _rule(WARN, code, sentence, expectation, whole)


def _rule(severity: str, code: str, sentence: str, expectation: Expectation, whole: bool) -> Expectation:
    """Attach a code, a severity and a sentence to an expectation.

    With `whole` the rule always checks the whole table: a result for some keys says nothing about the table.
    """
    expectation.meta = meta_of(expectation) | {"code": code, "severity": severity, "sentence": sentence, "whole": whole}
    expectation.description = f"{sentence} [{code}, {severity}]"
    expectation.severity = _GX_SEVERITY[severity]
    return expectation


def meta_of(expectation: Expectation) -> dict[str, Any]:
    """What a rule has beyond its expectation: `code`, `severity`, `sentence`, `whole`, and the `query` of a row-wise one."""
    return expectation.meta or {}


class NoRows(gxe.UnexpectedRowsExpectation):
    """Succeeds when a query returns no row.

    Its parent class runs two queries, for the rows and for their number; this one runs a single query for both.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(self, metrics: dict, runtime_configuration: Any = None, execution_engine: Any = None) -> dict:
        rows = [dict(row) for row in metrics["unexpected_rows_query.table"]]
        count = max((row.pop("unexpected_count") for row in rows), default=0)
        return {"success": not rows, "result": {"observed_value": count, "details": {"unexpected_rows": rows}}}


def no_rows(query: str) -> NoRows:
    """Expect that `query` returns no row. It selects the keys of rows that break the rule; `{batch}` is the suite's table."""
    counted = f"select *, count(*) over () as unexpected_count from ({query}) limit {EXAMPLES}"
    return NoRows(unexpected_rows_query=counted, meta={"query": query})


def never(key: Sequence[str], condition: str) -> NoRows:
    """Expect that `condition` holds for no row of the suite's table."""
    return no_rows(f"select {', '.join(key)} from {{batch}} where {condition}")


def each_once(columns: str, wrong: str) -> str:
    """A condition on `columns` that is evaluated once per distinct value: for slow conditions on values that repeat.

    The limit is beyond any number of rows: it keeps DuckDB from pushing the condition below the `distinct`.
    """
    different = f"select distinct {columns} from {{batch}} limit {2**62}"
    return f"({columns}) in (select ({columns}) from ({different}) where {wrong})"


def grain(prefix: str, key: Sequence[str], *, nullable: Sequence[str] = ()) -> list[Expectation]:
    """The two rules that every table has: its key is not null, and it is unique.

    `ExpectCompoundColumnsToBeUnique` joins the table with itself; grouping is much cheaper.

    Args:
        prefix: Begins the codes of both rules.
        key: The columns of the key.
        nullable: The columns of the key that may be null.
    """
    columns = ", ".join(key)
    unknown = " or ".join(f"{column} is null" for column in key if column not in nullable)
    return [
        stop(f"{prefix}_key_missing", f"The key is known: {columns}.", never(key, unknown)),
        stop(
            f"{prefix}_duplicate",
            f"There is one row for each {columns}.",
            no_rows(f"select {columns} from {{batch}} group by {columns} having count(*) > 1"),
        ),
    ]
