with source as (

    select * from {{ source('ops', 'trusted_windows') }}

),

-- Windows of a list of ids cover no range of time.
job_windows as (

    select
        account,
        marketplace_id,
        mode,
        window_start,
        window_end,
        status = 'complete' as is_complete
    from source
    where entity = 'jobs' and filter in ('updated', 'created')

)

select * from job_windows
