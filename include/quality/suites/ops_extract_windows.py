"""ops.extract_windows: the ledger of windows, on which completeness and freshness are judged."""

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from include.quality import thresholds
from include.quality.rules import grain, never, no_rows, stop, suite, warn
from include.warehouse.building.freshness import AS_OF

KEY = ("account", "marketplace_id", "entity", "mode", "filter", "window_start", "window_end", "attempt")

# A range that was not requested, between two that were read; backfills of older ranges need not be adjacent to the schedule.
HOLES = """
    select distinct account, marketplace_id, entity, window_start
    from {batch}
    where entity = 'jobs' and (account, marketplace_id, window_start) in (
        select (account, marketplace_id, range_start)
        from (
            select
                *,
                lag(range_end) over (partition by scope, account, marketplace_id order by range_start) as read_until,
                min(range_start) filter (where scope = 'scheduled') over (partition by account, marketplace_id) as scheduled_since
            from ops.covered_ranges
        )
        where scope = 'all' and read_until >= scheduled_since
    )
"""
# the last attempt at each window; some of the job ids in a file may not exist
LOST = """
    select account, marketplace_id, entity, window_start
    from (
        select *
        from {batch}
        where entity = 'jobs' and status = 'complete' and filter <> 'ids'
        qualify row_number() over (
            partition by account, marketplace_id, entity, mode, filter, window_start, window_end order by attempt desc
        ) = 1
    )
    where loaded_jobs < distinct_jobs
"""
UNREAD = """
    select account, marketplace_id, entity, window_start
    from {batch}
    where entity = 'jobs' and mode = 'scheduled' and status <> 'complete' and (account, marketplace_id, window_start) in (
        select (account, marketplace_id, as_of) from intermediate.int_as_of
    )
"""
# The current time of a build is the end of its newest extraction.
BEHIND = f"""
    select account, marketplace_id, entity
    from ({AS_OF})
    where as_of < (select max(finished_at) from {{batch}}) - interval {thresholds.MAX_HOURS_BEHIND} hours
"""


def get_suite() -> ExpectationSuite:
    return suite(
        "ops.extract_windows",
        key=KEY,
        rules=[
            *grain("window", KEY),
            stop("window_range_invalid", "A window does not end before it starts.",
                 gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="window_end", column_B="window_start", or_equal=True)),
            stop("window_listing_incomplete", "A complete window of jobs has read as many jobs as the API counted in it.",
                 never(KEY, "entity = 'jobs' and status = 'complete' and distinct_jobs <> total_result_size")),
            stop("window_jobs_lost", "All jobs that a complete window has listed were loaded.", no_rows(LOST)),
            warn("window_hole", "The windows of jobs leave no range unread since the schedule began.", no_rows(HOLES)),
            warn("window_unread", "No unread scheduled window holds `as_of` back.", no_rows(UNREAD)),
            warn("window_behind", f"No account is more than {thresholds.MAX_HOURS_BEHIND} hours behind the newest extraction.",
                 no_rows(BEHIND)),
        ],
    )  # fmt: skip
