"""Audits a build before it is published: Great Expectations, evaluated inside DuckDB.

`suites/` defines the rules, one file per table; `thresholds.py` holds every limit; `checkpoint.py` runs the suites and
renders the report; `gate.py` raises an error when a rule of severity `stop` fails. Great Expectations takes seconds to
import, so it is imported when an audit starts, not here.
"""

from include.quality.gate import QualityGateFailed, gate, run
from include.quality.report import QualityReport, RuleResult

__all__ = ["QualityGateFailed", "QualityReport", "RuleResult", "gate", "run"]
