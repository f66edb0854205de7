"""What was known a week ago, from the histories of jobs and appointments.

A version of a job is received minutes after the end of the window that brought it. Therefore the state at an instant is the
one that was received within an hour after it.
"""

from include.dashboard.context import QueryContext

WEEK = "interval 7 day"
RECEIVED = "interval 1 hour"
# with a larger share of jobs that were first read later, the state a week ago is not known
MOST_UNKNOWN = 0.01


def instants(context: QueryContext) -> str:
    """A query of two instants for each account and marketplace: `as_of` (`is_now`) and a week before it."""
    clocks = f"""
        select account, marketplace_id, as_of from ops.freshness
        where entity = 'jobs' and as_of is not null and {context.filters.condition("account", "marketplace")}
    """
    return f"""
        select account, marketplace_id, as_of as instant, true as is_now from ({clocks})
        union all
        select account, marketplace_id, as_of - {WEEK}, false from ({clocks})
    """


def holds(history: str, instants: str) -> str:
    """An SQL condition: the period of a row of `history` holds at the instant of a row of `instants`."""
    received = f"{instants}.instant + {RECEIVED}"
    then = f"{history}.valid_from <= {received} and ({history}.valid_to is null or {history}.valid_to > {received})"
    return f"case when {instants}.is_now then {history}.is_current else {then} end"


def is_known(context: QueryContext) -> bool:
    """Whether the state a week ago is known: jobs of the month before it had been read by then.

    A backfill that brings these jobs later says how they ended, and not how they stood.
    """
    known = context.row(
        f"""
        select count(*) as jobs, count(*) filter (jobs.first_observed_at > instants.instant + {RECEIVED}) as unknown
        from marts.fct_service_jobs as jobs
        inner join ({instants(context)}) as instants
            on jobs.account = instants.account and jobs.marketplace_id is not distinct from instants.marketplace_id
        where not instants.is_now and {context.filters.condition("store", "service")}
            and jobs.created_at > instants.instant - interval 30 day and jobs.created_at <= instants.instant
        """
    )
    return bool(known["jobs"]) and known["unknown"] <= MOST_UNKNOWN * known["jobs"]
