"""The vocabulary of the suites: a rule is an expectation with a code, a severity and a sentence.

`stop` keeps the build from being published; `warn` is published and shown. The sentence is what a person reads in the
Data Docs, in `ops.quality_results` and in the error of a failed gate.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite
from great_expectations.expectations.expectation import Expectation

from include.quality.report import STOP, WARN

EXAMPLES = 3
_GX_SEVERITY = {STOP: "critical", WARN: "warning"}


def suite(table: str, *, key: Sequence[str], rules: Sequence[Expectation]) -> ExpectationSuite:
    """The rules of one table, `schema.table`; `key` are the columns that name a row in examples: never personal data."""
    return ExpectationSuite(name=table, expectations=list(rules), meta={"key": list(key)})


def stop(code: str, sentence: str, expectation: Expectation, *, whole: bool = False) -> Expectation:
    return _rule(STOP, code, sentence, expectation, whole)


def warn(code: str, sentence: str, expectation: Expectation, *, whole: bool = False) -> Expectation:
    return _rule(WARN, code, sentence, expectation, whole)


def _rule(severity: str, code: str, sentence: str, expectation: Expectation, whole: bool) -> Expectation:
    """`whole`: what it says of a table is not the sum of what it says of each key, so it is never asked of changes alone."""
    expectation.meta |= {"code": code, "severity": severity, "sentence": sentence, "whole": whole}
    expectation.description = f"{sentence} [{code}, {severity}]"
    expectation.severity = _GX_SEVERITY[severity]
    return expectation


class NoRows(gxe.UnexpectedRowsExpectation):
    """Holds when a query finds no row.

    Its parent asks DuckDB twice, for the rows and for their number; here one question answers both.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(self, metrics: dict, runtime_configuration: Any = None, execution_engine: Any = None) -> dict:
        rows = [dict(row) for row in metrics["unexpected_rows_query.table"]]
        count = max((row.pop("unexpected_count") for row in rows), default=0)
        return {"success": not rows, "result": {"observed_value": count, "details": {"unexpected_rows": rows}}}


def no_rows(query: str) -> NoRows:
    """The rule that `query` finds nothing; in it `{batch}` is the suite's table, and a row is a row's key."""
    counted = f"select *, count(*) over () as unexpected_count from ({query}) limit {EXAMPLES}"
    return NoRows(unexpected_rows_query=counted, meta={"query": query})


def never(key: Sequence[str], condition: str) -> NoRows:
    """The rule that `condition` is true of no row of the suite's table."""
    return no_rows(f"select {', '.join(key)} from {{batch}} where {condition}")


def each_once(columns: str, wrong: str) -> str:
    """The condition that a row's `columns` are `wrong`, asked of each different value once: for what is slow and repeats.

    The limit limits nothing: it keeps DuckDB from moving the question to before the repetitions are dropped.
    """
    different = f"select distinct {columns} from {{batch}} limit {2**62}"
    return f"({columns}) in (select ({columns}) from ({different}) where {wrong})"


def grain(prefix: str, key: Sequence[str], *, nullable: Sequence[str] = ()) -> list[Expectation]:
    """The two rules of every table: its key is known and names one row. `nullable` parts of the key may be unknown.

    Great Expectations' own rule on several columns joins the table with itself; grouping is much cheaper.
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
