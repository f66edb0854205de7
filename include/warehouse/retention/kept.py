"""How long everything that grows with time is kept, in one table. `docs/operations.md` repeats it, and a test compares the two.

`clearing` removes most of it, every day; spools and the journal of writes are removed when packages are loaded. The tables of
`raw`, the ledger of windows, `ops.api_writes` and the quarantine are kept forever.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Term:
    """How long something is kept.

    Attributes:
        what: What is kept, as the documentation calls it.
        where: The table or folder, in Markdown.
        time: How long it is kept.
        stays: What of it is kept longer.
    """

    what: str
    where: str
    time: timedelta
    stays: str = "nothing"


def _days(days: int) -> timedelta:
    return timedelta(days=days)


PASSED_RULES = Term("passed rules", "`ops.quality_results`", _days(7), "the last audit")
BROKEN_RULES = Term("broken rules", "`ops.quality_results`", _days(90), "the last audit, with all open warnings")
BUILDS = Term("builds", "`ops.builds`", _days(90), "the build of the newest publication")
PUBLICATIONS = Term("publications", "`ops.publications`", _days(365), "the newest")
REMOVALS = Term("records of removals", "`ops.removals`", _days(1095))
SPOOLS = Term("spools of failed windows", "`packages/loaded/*/spool`", _days(1))
HIDDEN_PACKAGES = Term("half-created packages", "`packages/.*`", _days(1), "packages of a running process")
SET_ASIDE_PACKAGES = Term("packages that could not be read", "`packages/set_aside`", _days(30))
JOURNAL = Term("the journal of writes", "`writes/folded`", _days(90), "`ops.api_writes`, which has every write")
PARTIALS = Term("unfinished files of the journal", "`writes/*.partial`", timedelta(hours=1))
SET_ASIDE_WRITES = Term("files of the journal that could not be read", "`writes/set_aside`", _days(90))
REPORTS = Term("reports of writes from a table", "`writes/reports`", _days(90))
# the last scorecard, and which weeks were mailed
STAYING_REPORTS = ("scorecard.html", "mailed.json", ".mailed.lock")
SCORECARDS = Term("scorecards", "`reports`", _days(90), "`scorecard.html`, the last one, and `mailed.json`")
# a file is written whenever the days or stops of its technician change, which is at least every eight days
CALENDARS = Term("calendars and tables of technicians that are no longer written", "`calendars`", _days(9))
BOOKMARKS = Term("progress of unfinished backfills", "`backfills`", _days(7), "backfills that are still running")
DBT_LOGS = Term("dbt's logs", "`dbt/logs`", _days(30))
DBT_CODE = Term("compiled models", "`dbt/target/run`, `dbt/target/compiled`", _days(30))
