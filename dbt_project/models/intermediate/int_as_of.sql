{{ config(post_hook="{{ remember_clocks() }}") }}

with windows as (

    select * from {{ ref('stg_job_windows') }}

),

complete as (

    select
        *,
        -- The first window of a covered range starts after the end of all windows before it.
        window_start > max(window_end) over (
            partition by account, marketplace_id order by window_start, window_end
            rows between unbounded preceding and 1 preceding
        ) as starts_range
    from windows
    where is_complete

),

numbered as (

    select
        *,
        count(case when starts_range then 1 end) over (
            partition by account, marketplace_id order by window_start, window_end
            rows between unbounded preceding and current row
        ) as range_number
    from complete

),

covered_ranges as (

    select
        account,
        marketplace_id,
        min(window_start) as range_start,
        max(window_end) as range_end
    from numbered
    group by account, marketplace_id, range_number

),

first_gaps as (

    select
        windows.account,
        windows.marketplace_id,
        min(windows.window_start) as gap_start
    from windows
    left join covered_ranges
        on
            windows.account = covered_ranges.account
            and windows.marketplace_id = covered_ranges.marketplace_id
            and windows.window_start >= covered_ranges.range_start
            and windows.window_end <= covered_ranges.range_end
    where windows.mode = 'scheduled' and covered_ranges.account is null
    group by windows.account, windows.marketplace_id

),

newest as (

    select
        account,
        marketplace_id,
        max(range_end) as newest_end
    from covered_ranges
    group by account, marketplace_id

)

select
    newest.account,
    newest.marketplace_id,
    least(newest.newest_end, coalesce(first_gaps.gap_start, newest.newest_end)) as as_of
from newest
left join first_gaps
    on newest.account = first_gaps.account and newest.marketplace_id = first_gaps.marketplace_id
