"""How long a task may run, by its kind: the last resort against what hangs. Requests have limits of their own.

Each is several times what the largest installation that was measured needs. A task that is cut off is tried again, and goes on
with what it has read, loaded or sent.
"""

from datetime import timedelta

from include.extract import settings

HOURS = {
    # judges parameters, looks once, sends a mail
    "quick": 0.5,
    # an hour of jobs takes minutes; a run whose conf names a month, 200,000 jobs at 20 a second, three hours
    "extract": 6.0,
    "load": 3.0,
    # all models anew, of a million jobs
    "build": 6.0,
    "audit": 3.0,
    "publish": 3.0,
    "retention": 6.0,
    # assignments go one a second: 80,000 of them
    "send": 24.0,
}
BACKFILL = "backfill"


def timeout(kind: str) -> timedelta:
    """The `execution_timeout` of a task.

    Args:
        kind: One of `HOURS`, whose time is multiplied by `SERVICES_TIMEOUT_FACTOR`; or `BACKFILL`, which takes as long as its
            range is large, and has `SERVICES_BACKFILL_TIMEOUT_HOURS`.
    """
    if kind == BACKFILL:
        return settings.backfill_timeout()
    return timedelta(hours=HOURS[kind] * settings.timeout_factor())
