-- What is overdue this morning, longest overdue first?
select
    account,
    store_name,
    action,
    count(*) as jobs,
    max(overdue_hours) as longest_overdue_hours,
    min(due_at) as oldest_due_at
from {{ ref('rpt_jobs_needing_action') }}
where overdue_hours > 0 and not is_stale
group by account, store_name, action
order by longest_overdue_hours desc
