"""Views of the ledger of windows: which ranges of time were read, and how far without a gap.

- `ops.trusted_windows`: the windows, cut at the time when each was begun. Windows that end later were written before the end was
  compared with the API's clock.
- `ops.covered_ranges`: the ranges that complete windows of jobs cover, adjacent and overlapping windows merged. `scope` says
  which windows: those of the schedule (`scheduled`), those by update time (`updated`), or all.
- `ops.job_clocks`: the newest end of these ranges, but not past the start of a scheduled window that was begun and that none of
  them covers: `watermark` from the ranges of the schedule, `as_of` from all of them. A backfill does not move the watermark.
- `ops.watermarks`: the watermark of jobs, and that of slots and capacity. These are snapshots of the future, with the start of
  the newest complete window as their watermark.
"""

import duckdb

TRUSTED_WINDOWS = """
    create or replace view ops.trusted_windows as
    select
        account, marketplace_id, entity, mode, filter, status, window_start,
        -- a snapshot shows the future
        case when entity = 'jobs' then least(window_end, coalesce(started_at, window_end)) else window_end end as window_end
    from ops.extract_windows
    where coalesce(window_start <= started_at, true)
"""

COVERED_RANGES = """
    create or replace view ops.covered_ranges as
    with windows as (
        select scopes.scope, trusted_windows.*
        from ops.trusted_windows join (values ('all'), ('scheduled'), ('updated')) as scopes (scope)
            on scopes.scope = 'all' or scopes.scope in (mode, filter)
        -- windows of a list of ids cover no range of time
        where entity = 'jobs' and filter in ('updated', 'created') and status = 'complete'
    ),

    begun as (
        select *, window_start > max(window_end) over (
            partition by scope, account, marketplace_id order by window_start, window_end
            rows between unbounded preceding and 1 preceding
        ) as starts_range
        from windows
    ),

    numbered as (
        select *, count(*) filter (where starts_range) over (
            partition by scope, account, marketplace_id order by window_start, window_end
            rows between unbounded preceding and current row
        ) as range_number
        from begun
    )

    select scope, account, marketplace_id, min(window_start) as range_start, max(window_end) as range_end
    from numbered
    group by scope, account, marketplace_id, range_number
"""

JOB_CLOCKS = """
    create or replace view ops.job_clocks as
    with ends as (
        select scope, account, marketplace_id, max(range_end) as newest_end
        from ops.covered_ranges
        group by scope, account, marketplace_id
    ),

    gaps as (
        select ends.scope, account, marketplace_id, min(window_start) as gap_start
        from ends join ops.trusted_windows as windows using (account, marketplace_id)
        where entity = 'jobs' and mode = 'scheduled' and not exists (
            from ops.covered_ranges as ranges
            where ranges.scope = ends.scope
                and ranges.account = windows.account and ranges.marketplace_id = windows.marketplace_id
                and windows.window_start >= ranges.range_start and windows.window_end <= ranges.range_end
        )
        group by ends.scope, account, marketplace_id
    )

    select
        account, marketplace_id,
        max(least(newest_end, gap_start)) filter (where scope = 'scheduled') as watermark,
        max(least(newest_end, gap_start)) filter (where scope = 'all') as as_of
    from ends left join gaps using (scope, account, marketplace_id)
    group by account, marketplace_id
"""

WATERMARKS = """
    create or replace view ops.watermarks as
    select account, marketplace_id, 'jobs' as entity, watermark
    from ops.job_clocks
    where watermark is not null
    union all
    select account, marketplace_id, entity, max(window_start) as watermark
    from ops.trusted_windows
    where mode = 'scheduled' and entity <> 'jobs' and status = 'complete'
    group by account, marketplace_id, entity
"""


def ensure(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the views. Safe to repeat."""
    for view in (TRUSTED_WINDOWS, COVERED_RANGES, JOB_CLOCKS, WATERMARKS):
        connection.execute(view)
