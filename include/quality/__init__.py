"""The gate between what was built and what is published: Great Expectations, evaluated inside DuckDB.

`suites/` says what must hold, one table a file; `thresholds.py` holds every number; `checkpoint.py` runs it all and
writes the report; `gate.py` turns a broken rule of severity `stop` into an error. Great Expectations takes seconds to
import, so it is imported when a run begins, not here.
"""

from include.quality.gate import QualityGateFailed, gate, run
from include.quality.report import QualityReport, RuleResult

__all__ = ["QualityGateFailed", "QualityReport", "RuleResult", "gate", "run"]
