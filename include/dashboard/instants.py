"""What was known a week ago, from the histories of jobs and appointments.

A version of a job is received minutes after the end of the window that brought it. Therefore the state at an instant is the
one that was received within an hour after it.
"""

from datetime import UTC, datetime, timedelta

from include.dashboard.context import QueryContext

BEFORE_ANY_JOB = datetime(2000, 1, 1, tzinfo=UTC)
WEEK = timedelta(days=7)
RECEIVED = "interval 1 hour"
# with a larger share of jobs that were first read later, the state a week ago is not known
MOST_UNKNOWN = 0.01


def instant(context: QueryContext, is_now: bool) -> datetime:
    """Up to when the chosen jobs are known, or a week before; `BEFORE_ANY_JOB` if nothing has been loaded."""
    condition = context.filters.condition("account", "marketplace")
    newest = context.row(f"select max(as_of) as as_of from ops.freshness where entity = 'jobs' and {condition}")["as_of"]
    as_of = datetime.fromisoformat(newest) if newest else BEFORE_ANY_JOB
    return as_of if is_now else as_of - WEEK


def holds(is_now: bool) -> str:
    """An SQL condition: a row of a history is of the period in which the parameter `instant` lies."""
    received = f"$instant + {RECEIVED}"
    return "is_current" if is_now else f"valid_from <= {received} and (valid_to is null or valid_to > {received})"


def is_known(context: QueryContext) -> bool:
    """Whether the state a week ago is known: jobs of the month before it had been read by then.

    A backfill that brings these jobs later tells how they ended, and not how they stood.
    """
    known = context.row(
        f"""
        select count(*) as jobs, count(*) filter (first_observed_at > $instant + {RECEIVED}) as unknown
        from marts.fct_service_jobs
        where created_at > $instant - interval 30 day and created_at <= $instant
            and {context.filters.condition("account", "marketplace", "store", "service")}
        """,
        instant=instant(context, is_now=False),
    )
    return bool(known["jobs"]) and known["unknown"] <= MOST_UNKNOWN * known["jobs"]
