"""Runs the rules, records their results, and fails the run when a rule of severity `stop` is broken."""

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
    """A rule of severity `stop` is broken, or could not be evaluated: nothing is published."""

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
    """Evaluate every rule, and write `ops.quality_results` and the Data Docs. Broken rules do not raise an error.

    Row-wise rules check the rows that changed since an audit last passed. At least once a day all rules check all rows.

    Args:
        build_database: The build to audit.
        data_docs_dir: The folder of the validation report.
        run_id: Identifies the results; those of an earlier attempt of the same run are replaced.
    """
    from include.quality import checkpoint  # imports Great Expectations, which takes seconds

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
    """Evaluate every rule as `run` does.

    Raises:
        QualityGateFailed: A rule of severity `stop` is broken, or could not be evaluated.
    """
    report = run(build_database, data_docs_dir, run_id=run_id)
    if not report.is_publishable:
        raise QualityGateFailed(report)
    return report
