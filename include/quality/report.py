"""The results of an audit, and how they are recorded in `ops.quality_results`."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from include.warehouse import database

STOP, WARN = "stop", "warn"


@dataclass(frozen=True)
class RuleResult:
    """The result of one rule on one table.

    Attributes:
        unexpected_count: How many rows break the rule; None if it could not be evaluated.
        examples: Keys of up to three of these rows.
        error: Why the rule could not be evaluated.
        query: The query that finds the rows that break a row-wise rule.
    """

    code: str
    severity: str
    sentence: str
    table: str
    is_success: bool
    unexpected_count: int | None
    examples: tuple[str, ...] = ()
    error: str | None = None
    query: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        if self.error:
            return f"{self.table} {self.code} ({self.severity}): could not be evaluated: {self.error}"
        examples = f", e.g. {'; '.join(self.examples)}" if self.examples else ""
        return f"{self.table} {self.code} ({self.severity}): {self.unexpected_count} rows break it{examples}. {self.sentence}"


@dataclass(frozen=True)
class QualityReport:
    """The results of all rules in one run."""

    run_id: str
    validated_at: datetime
    index: Path
    results: tuple[RuleResult, ...] = field(repr=False)

    @property
    def findings(self) -> tuple[RuleResult, ...]:
        """The broken rules, those of severity `stop` first."""
        broken = (result for result in self.results if not result.is_success)
        return tuple(sorted(broken, key=lambda result: (result.severity != STOP, result.table, result.code)))

    @property
    def is_publishable(self) -> bool:
        """Whether no rule of severity `stop` is broken."""
        return not any(finding.severity == STOP for finding in self.findings)

    def record(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Write the results to `ops.quality_results`, replacing those of an earlier attempt of the same run."""
        rows = [
            {
                "run_id": self.run_id, "validated_at": self.validated_at, "rule_code": result.code, "severity": result.severity,
                "table_name": result.table, "is_success": result.is_success, "unexpected_count": result.unexpected_count,
                "sentence": result.sentence,
            }
            for result in self.results
        ]  # fmt: skip
        with database.transaction(connection):
            connection.execute("delete from ops.quality_results where run_id = ?", [self.run_id])
            database.insert(connection, "ops.quality_results", rows)
