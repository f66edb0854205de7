"""Time-outs of tasks by kind, as the last resort against tasks that hang. Requests have their own time-outs.

Each is several times the duration in the largest measured installation. After a time-out the task is retried and continues with
what it has read, loaded or sent.
"""

from datetime import timedelta

from include.extract import settings

HOURS = {
    # checks parameters, polls once, sends a mail
    "quick": 0.5,
    # an hour of jobs takes minutes; a month of 200,000 jobs at 20 a second takes three hours
    "extract": 6.0,
    "load": 3.0,
    # a full rebuild of all models with a million jobs
    "build": 6.0,
    "audit": 3.0,
    "publish": 3.0,
    "retention": 6.0,
    # 80,000 assignments at one a second
    "send": 24.0,
}
BACKFILL = "backfill"


def timeout(kind: str) -> timedelta:
    """The `execution_timeout` of a task.

    Args:
        kind: One of `HOURS`, which is multiplied by `SERVICES_TIMEOUT_FACTOR`; or `BACKFILL`, whose duration depends on its range
            and which has `SERVICES_BACKFILL_TIMEOUT_HOURS`.
    """
    if kind == BACKFILL:
        return settings.backfill_timeout()
    return timedelta(hours=HOURS[kind] * settings.timeout_factor())
