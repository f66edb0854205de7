"""The morning list: the jobs that need an action, the longest overdue first. Older ones than 30 days are counted alone."""

from include.dashboard.context import QueryContext
from include.dashboard.links import job_url, usable_pattern
from include.dashboard.waiting import waiting_jobs

SHOWN = 100
ORDER = "overdue_hours desc nulls last, due_at nulls last, service_job_id, action"


def morning(context: QueryContext) -> dict:
    """The list; the chosen dates do not apply.

    Returns:
        `actions`: how many jobs need each one, and how many are `stale`, which `jobs` leaves out; `jobs`: the first `SHOWN`, with
        their service, store, the manager of the store as `owner`, and `url` in Seller Central.
    """
    actions = context.rows(f"""
        select action, count(*) filter (not is_stale) as jobs, count(*) filter (is_stale) as stale,
            count(*) filter (not is_stale and overdue_hours > 0) as overdue
        from ({waiting_jobs(context)}) group by all order by overdue desc, action
    """)
    jobs = context.rows(f"""
        with shown as ({waiting_jobs(context, "not is_stale")} order by {ORDER} limit {SHOWN})
        select shown.*, jobs.job_status, jobs.service_order_id, stores.manager as owner
        from shown
        left join (
            select account, service_job_id, job_status, service_order_id from marts.fct_service_jobs
            where service_job_id in (select service_job_id from shown)
        ) as jobs using (account, service_job_id)
        left join marts.dim_store as stores
            on shown.account = stores.account and shown.marketplace_id is not distinct from stores.marketplace_id
                and shown.store_id = stores.store_id
        order by {ORDER}
    """)
    address = usable_pattern()
    for job in jobs:
        job["url"] = job_url(job, address)
    return {"actions": actions, "jobs": jobs, "shown": SHOWN}
