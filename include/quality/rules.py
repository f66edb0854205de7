"""Functions that suites are written with. A rule is an expectation with a code, a severity and a sentence.

A broken rule of severity `stop` prevents publication; one of severity `warn` is reported. The sentence is shown in
`ops.quality_results`, in the error of a failed gate and in the Data Docs. For a built-in expectation, only the page of the suite
shows it: the page of the results has Great Expectations' own wording.

A rule is a built-in expectation of Great Expectations where there is one that says it. It is SQL (`never`, `no_rows`) where

- one code covers several columns or tables: an expectation is about one column, or compares two;
- null breaks the rule like any other wrong value: built-in expectations skip null;
- the rule holds only under a condition: the query for the unexpected rows ignores an expectation's `row_condition`;
- it compares with a regular expression: Great Expectations 1.24 has none on DuckDB ("Regex is not supported");
- a key of several columns is unique: `ExpectCompoundColumnsToBeUnique` joins the table with itself, which takes twice the
  processor time of `group by` at a million rows (0.71 and 0.36 s).

The built-in expectations of a table cost little there: those about one column share a single statement.
`tests/benchmarks/test_builtin_rules.py` measures both kinds side by side.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite
from great_expectations.compatibility.pydantic import PrivateAttr
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metadata_types import FailureSeverity

from include.quality.report import STOP, WARN

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
    expectation.meta = {"code": code, "severity": severity, "sentence": sentence, "whole": whole}
    # a description replaces what Great Expectations says of an expectation; notes are added to it
    place = "description" if isinstance(expectation, NoRows) else "notes"
    setattr(expectation, place, f"{sentence} [{code}, {severity}]")
    expectation.severity = _GX_SEVERITY[severity]
    return expectation


def meta_of(expectation: Expectation) -> dict[str, Any]:
    """What a rule has beyond its expectation: `code`, `severity`, `sentence` and `whole`."""
    return expectation.meta or {}


class NoRows(gxe.UnexpectedRowsExpectation):
    """Succeeds when a query returns no row. Its parent class also reads these rows, in a second query; this one counts them."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)
    _configuration: ExpectationConfiguration | None = PrivateAttr(default=None)

    @property
    def configuration(self) -> ExpectationConfiguration:
        """The configuration, built once: a run reads it 50 times, and building it takes a fifth of the audit."""
        if self._configuration is None or self._configuration.id != self.id:
            self._configuration = super().configuration
        return self._configuration

    def _validate(self, metrics: dict, runtime_configuration: Any = None, execution_engine: Any = None) -> dict:
        count = metrics["unexpected_rows_query.row_count"]
        return {"success": count == 0, "result": {"observed_value": count}}


def no_rows(query: str) -> NoRows:
    """Expect that `query` returns no row. It selects the keys of rows that break the rule; `{batch}` is the suite's table."""
    return NoRows(unexpected_rows_query=query)


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

    Args:
        prefix: Begins the codes of both rules.
        key: The columns of the key.
        nullable: The columns of the key that may be null.
    """
    columns = ", ".join(key)
    known: Expectation
    unique: Expectation
    if len(key) == 1:
        known, unique = gxe.ExpectColumnValuesToNotBeNull(column=columns), gxe.ExpectColumnValuesToBeUnique(column=columns)
    else:
        known = never(key, " or ".join(f"{column} is null" for column in key if column not in nullable))
        unique = no_rows(f"select {columns} from {{batch}} group by {columns} having count(*) > 1")
    return [
        stop(f"{prefix}_key_missing", f"The key is known: {columns}.", known),
        stop(f"{prefix}_duplicate", f"There is one row for each {columns}.", unique),
    ]
