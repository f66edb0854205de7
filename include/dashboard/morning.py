"""The morning list: the jobs that need an action, the longest overdue first."""

from include.dashboard.context import QueryContext
from include.dashboard.headline import waiting_jobs

SHOWN = 100


def morning(context: QueryContext) -> dict:
    """`actions`: how many jobs need each one; `jobs`: the first `SHOWN`, with their service. The chosen dates do not apply."""
    actions = context.rows(f"""
        select action, count(*) as jobs, count(*) filter (overdue_hours > 0) as overdue
        from ({waiting_jobs(context)}) group by all order by overdue desc, action
    """)
    jobs = context.rows(f"""
        with shown as (
            {waiting_jobs(context)}
            order by overdue_hours desc nulls last, due_at nulls last, service_job_id, action limit {SHOWN}
        )
        select shown.*, service_title, job_status
        from shown
        left join (
            select account, service_job_id, service_title, job_status from marts.fct_service_jobs
            where service_job_id in (select service_job_id from shown)
        ) using (account, service_job_id)
        order by overdue_hours desc nulls last, due_at nulls last, service_job_id, action
    """)
    return {"actions": actions, "jobs": jobs, "shown": SHOWN}
