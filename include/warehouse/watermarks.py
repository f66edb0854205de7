"""The view `ops.watermarks`: how far the schedule has read without a gap. It is derived from the ledger of windows.

- Jobs: the newest end of the complete scheduled windows, but not past the start of a scheduled window that was begun and whose
  range is not covered by complete ones.
- Slots and capacity, which are snapshots of the future: the start of the newest complete window.

Backfills do not move a watermark. The view and the models' `as_of` read `ops.trusted_windows`: the windows of the ledger, cut at
the time when each was begun. Windows that end later were written before the end was compared with the API's clock.
"""

TRUSTED_WINDOWS = """
    create or replace view ops.trusted_windows as
    select
        account, marketplace_id, entity, mode, filter, status, window_start,
        -- a snapshot shows the future
        case when entity = 'jobs' then least(window_end, coalesce(started_at, window_end)) else window_end end as window_end
    from ops.extract_windows
    where coalesce(window_start <= started_at, true)
"""

WATERMARKS = """
    create or replace view ops.watermarks as
    with windows as (
        select account, marketplace_id, window_start, window_end, status = 'complete' as is_complete
        from ops.trusted_windows
        where mode = 'scheduled' and entity = 'jobs'
    ),

    begun as (
        select *, window_start > max(window_end) over (
            partition by account, marketplace_id order by window_start, window_end
            rows between unbounded preceding and 1 preceding
        ) as starts_range
        from windows
        where is_complete
    ),

    numbered as (
        select *, count(*) filter (where starts_range) over (
            partition by account, marketplace_id order by window_start, window_end
            rows between unbounded preceding and current row
        ) as range_number
        from begun
    ),

    ranges as (
        select account, marketplace_id, min(window_start) as range_start, max(window_end) as range_end
        from numbered
        group by account, marketplace_id, range_number
    ),

    gaps as (
        select windows.account, windows.marketplace_id, min(windows.window_start) as gap_start
        from windows
        left join ranges on windows.account = ranges.account and windows.marketplace_id = ranges.marketplace_id
            and windows.window_start >= ranges.range_start and windows.window_end <= ranges.range_end
        where ranges.account is null
        group by windows.account, windows.marketplace_id
    )

    select account, marketplace_id, 'jobs' as entity, least(max(range_end), any_value(gap_start)) as watermark
    from ranges left join gaps using (account, marketplace_id)
    group by account, marketplace_id
    union all
    select account, marketplace_id, entity, max(window_start) as watermark
    from ops.trusted_windows
    where mode = 'scheduled' and entity <> 'jobs' and status = 'complete'
    group by account, marketplace_id, entity
"""
