"""Audit before publishing: runs the rules, records what they found, and stops the run when one of severity `stop` broke."""

import logging
from datetime import UTC, datetime
from pathlib import Path

from include.quality import changes
from include.quality.data_docs import replace_report, staged_report
from include.quality.report import STOP, QualityReport
from include.warehouse import database, schema
from include.warehouse.building import audit_state

SHOWN = 10

log = logging.getLogger(__name__)


class QualityGateFailed(Exception):
    """A rule of severity `stop` broke: nothing is published."""

    def __init__(self, report: QualityReport) -> None:
        self.report = report
        stops = [finding for finding in report.findings if finding.severity == STOP]
        broken = "\n".join(f"- {finding}" for finding in stops[:SHOWN])
        more = f"\n- and {len(stops) - SHOWN} more" if len(stops) > SHOWN else ""
        super().__init__(
            f"The quality gate stopped run {report.run_id}: {len(stops)} of {len(report.results)} rules are broken.\n"
            f"{broken}{more}\nThe full report is at {report.index}. Nothing was published: readers keep the last good version."
        )


def run(build_database: Path, data_docs_dir: Path, *, run_id: str) -> QualityReport:
    """Evaluate every rule on `build_database`, write `ops.quality_results` and the Data Docs. Findings raise nothing.

    Rules that can be are asked of what changed since an audit last passed; all of them of everything at least once a day.
    """
    from include.quality import checkpoint  # takes seconds: it brings Great Expectations

    validated_at, rules = datetime.now(UTC), checkpoint.fingerprint()
    with database.connect(build_database) as connection:
        schema.ensure(connection)
        audit_state.carry(connection)
        everything = audit_state.is_everything(connection, rules) or not changes.is_few(connection)
    with staged_report(data_docs_dir) as staged:
        results = checkpoint.validate(build_database, staged, everything=everything)
        replace_report(staged, data_docs_dir)
    report = QualityReport(run_id, validated_at, data_docs_dir / "index.html", tuple(results))
    with database.connect(build_database) as connection:
        report.record(connection)
        if report.is_publishable:
            warned = [(finding.table, finding.query) for finding in report.findings if finding.query]
            audit_state.passed(connection, rules, everything=everything, warned=warned)
    for finding in report.findings:
        log.warning("%s", finding)
    return report


def gate(build_database: Path, data_docs_dir: Path, *, run_id: str) -> QualityReport:
    """`run`, and :raises QualityGateFailed: when a rule of severity `stop` broke or could not be evaluated."""
    report = run(build_database, data_docs_dir, run_id=run_id)
    if not report.is_publishable:
        raise QualityGateFailed(report)
    return report
